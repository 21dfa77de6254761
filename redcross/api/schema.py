"""How the schema tells of tokens."""

from typing import Any

from drf_spectacular.extensions import OpenApiAuthenticationExtension

_WITHOUT_NUL = r"^[^\u0000]*$"
"""PostgreSQL takes no NUL in a text, and no page or program needs one."""


def tighten_schema(result: dict[str, Any], **_: Any) -> dict[str, Any]:
    """Say of what is sent what is refused: words not named, and NUL in texts."""
    schemas = result["components"]["schemas"]
    bodies = {
        name.rpartition("/")[2]
        for path in result["paths"].values()
        for operation in path.values()
        for kind in operation.get("requestBody", {}).get("content", {}).values()
        if (name := kind["schema"].get("$ref", ""))
    }
    told = [schemas[name] for name in sorted(bodies)]
    for body in told:
        body["additionalProperties"] = False
    texts = [each for body in told for each in body["properties"].values()]
    texts += [
        each["schema"]
        for path in result["paths"].values()
        for operation in path.values()
        for each in operation.get("parameters", [])
    ]
    for text in texts:
        if text.get("type") == "string" and not text.keys() & {"enum", "format", "pattern"}:
            text["pattern"] = _WITHOUT_NUL
    return result


class TokenScheme(OpenApiAuthenticationExtension):
    """How the schema tells of tokens."""

    target_class = "redcross.api.access.TokenAuthentication"
    name = "token"

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:
        return {"type": "http", "scheme": "bearer"}
