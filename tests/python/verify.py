"""Verifies tokens with PyJWT, which shares no code with what minted them.

In: {"tokens": [{"token", "jwk"}]}. Out: for each {"header", "exact"}, or {"error"} with the name of PyJWT's exception.
"""

import json
import sys

import jwt


def exact(value):
    """The value with every number and text as a text: "n:1.5", "s:a". Python's integers have no largest one."""
    if isinstance(value, dict):
        return {name: exact(inner) for name, inner in value.items()}
    if isinstance(value, list):
        return [exact(inner) for inner in value]
    if value is None or isinstance(value, bool):
        return value
    return f"s:{value}" if isinstance(value, str) else f"n:{value!r}"


def verified(token, jwk):
    try:
        claims = jwt.decode(
            token,
            jwt.PyJWK(jwk),
            algorithms=[jwk["alg"]],
            audience="authenticated",
            options={"require": ["sub", "aud", "iss", "iat", "exp", "jti"]},
        )
    except jwt.PyJWTError as error:
        return {"error": type(error).__name__}
    return {"header": jwt.get_unverified_header(token), "exact": exact(claims)}


json.dump([verified(**entry) for entry in json.load(sys.stdin)["tokens"]], sys.stdout)
