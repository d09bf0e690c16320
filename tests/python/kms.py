"""AWS KMS by moto on a free port, for as long as standard input is open.

Writes the port to standard output. The pipe closes with the process that started this, whatever ends that.
"""

import os
import sys

from cryptography.hazmat.primitives.asymmetric import ec, padding
from cryptography.hazmat.primitives.asymmetric.utils import Prehashed
from cryptography.hazmat.primitives.hashes import SHA256
from moto.kms.exceptions import ValidationException
from moto.kms.responses import KmsResponse
from moto.kms.utils import ECDSAPrivateKey, RSAPrivateKey
from moto.moto_server.threaded_moto_server import ThreadedMotoServer

# moto 5.2.5 ignores `MessageType` and hashes a digest again, where AWS KMS signs it as it is
# (https://github.com/getmoto/moto/pull/10202). What follows can go with the version that does not.


class Digest(bytes):
    """A message that came with `MessageType: DIGEST`."""


def replace(owner, name, make):
    setattr(owner, name, make(getattr(owner, name)))


def mark_digests(original):
    def _get_param(self, param_name, if_none=None):
        value = original(self, param_name, if_none)
        if param_name != "Message" or original(self, "MessageType") != "DIGEST":
            return value
        if len(value) != SHA256.digest_size:
            raise ValidationException("Digest is invalid length for algorithm.")
        return Digest(value)

    return _get_param


def sign_digests(algorithm, *arguments):
    def make(original):
        def sign(self, message, signing_algorithm):
            if not isinstance(message, Digest):
                return original(self, message, signing_algorithm)
            if signing_algorithm != algorithm:
                raise ValidationException(f"not tried with {signing_algorithm}")
            return self.private_key.sign(bytes(message), *arguments)

        return sign

    return make


PREHASHED = Prehashed(SHA256())
replace(KmsResponse, "_get_param", mark_digests)
replace(ECDSAPrivateKey, "sign", sign_digests("ECDSA_SHA_256", ec.ECDSA(PREHASHED)))
replace(RSAPrivateKey, "sign", sign_digests("RSASSA_PKCS1_V1_5_SHA_256", padding.PKCS1v15(), PREHASHED))

server = ThreadedMotoServer("127.0.0.1", port=0, verbose=False)
server.start()
print(server.get_host_and_port()[1], flush=True)
sys.stdin.read()
# Without waiting for requests that are under way.
os._exit(0)
