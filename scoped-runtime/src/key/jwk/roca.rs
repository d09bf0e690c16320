//! RSA keys of a faulty generator (ROCA, CVE-2017-15361): the private half follows from the public one.

/// Modulo each of these, a modulus of that generator is a power of 65537.
const PRIMES: [u32; 38] = [
    3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37, 41, 43, 47, 53, 59, 61, 67, 71, 73, 79, 83, 89, 97,
    101, 103, 107, 109, 113, 127, 131, 137, 139, 149, 151, 157, 163, 167,
];

/// Whether a modulus has the generator's mark; another's has it once in 100 million.
pub(super) fn is_roca(modulus: &[u8]) -> bool {
    PRIMES.iter().all(|prime| {
        let rest = |rest: u32, byte: &u8| (rest * 256 + u32::from(*byte)) % prime;
        let rest = modulus.iter().fold(0, rest);
        let next = |power: &u32| Some(power * (65_537 % prime) % prime);
        std::iter::successors(Some(1), next)
            .take(*prime as usize)
            .any(|power| power == rest)
    })
}
