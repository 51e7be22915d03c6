"""Put text, data and code into one HTML file so that no browser takes data for code."""

import json
import re
from base64 import b64encode
from hashlib import sha256

# what ends a script element, what JavaScript once took for a line end, what UTF-8 cannot hold
_UNSAFE = re.compile("[<>&\u2028\u2029\ud800-\udfff]")
_LONE_SURROGATES = re.compile("[\ud800-\udfff]")


def embedded_json(data):
    """JSON that is safe inside a script element.

    Parameters
    ----------
    data : dict
        What the script shall read; without NaN.

    Returns
    -------
    text : str
        JSON in which <, >, &, U+2028, U+2029 and lone surrogates are escaped.
    """
    text = json.dumps(data, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    return _UNSAFE.sub(lambda match: f"\\u{ord(match[0]):04x}", text)


def source_hash(code):
    """Source expression of a Content-Security-Policy that allows exactly this inline code."""
    return f"'sha256-{b64encode(sha256(code.encode()).digest()).decode()}'"


def encodable(text):
    """The text with what UTF-8 cannot hold replaced by U+FFFD."""
    return _LONE_SURROGATES.sub("\ufffd", text)
