"""Headers of every response, whatever its route or status, and of those that are files."""

from collections.abc import Iterable

from flask import Flask, Response, request

POLICY = {
    "default-src": "'none'",
    "base-uri": "'none'",
    "connect-src": "'self'",
    "font-src": "'self'",
    "form-action": "'self'",
    "frame-ancestors": "'none'",
    "img-src": "'self'",
    "manifest-src": "'self'",
    "script-src": "'self'",
    "style-src": "'self'",
}
FEATURES = (
    "accelerometer", "browsing-topics", "camera", "display-capture", "geolocation", "gyroscope",
    "magnetometer", "microphone", "midi", "payment", "usb",
)  # fmt: skip
HEADERS = {
    "Content-Security-Policy": "; ".join(f"{name} {value}" for name, value in POLICY.items()),
    "Strict-Transport-Security": "max-age=63072000; includeSubDomains",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "strict-origin-when-cross-origin",
    "Permissions-Policy": ", ".join(f"{feature}=()" for feature in FEATURES),
    "X-Frame-Options": "DENY",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}


def init_app(app: Flask) -> None:
    """Add them to everything the application answers, errors included."""

    @app.after_request
    def add(response: Response) -> Response:
        for name, value in HEADERS.items():
            # A page may be stricter than the rest, as one whose address is a secret.
            response.headers.setdefault(name, value)
        if request.endpoint == "static":
            # Read now: Flask-Compress would stream the open file and leave closing it to chance.
            response.direct_passthrough = False
            response.get_data()
            # What a browser has already (304) gives a server nothing to close: close it here.
            response.close()
            response.headers["Cache-Control"] = "public, max-age=31536000, immutable"
        else:
            response.headers.setdefault("Cache-Control", "private, max-age=0, must-revalidate")
        return response


def as_file(data: str | bytes | Iterable[bytes], mimetype: str, name: str) -> Response:
    """An answer that a browser keeps as a file of this name."""
    whole = data if isinstance(data, str | bytes) else b"".join(data)
    response = Response(whole, mimetype=mimetype)
    response.headers.set("Content-Disposition", "attachment", filename=name)
    return response
