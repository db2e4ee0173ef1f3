"""What the browser is told on every response. Source: security.md R43, R44."""

from flask import Flask, Response, current_app, g

REPORTS = "/csp-report"
POLICY = "; ".join(
    [
        "default-src 'none'",
        "script-src {script}",
        "style-src 'self'",
        "img-src 'self'",
        "font-src 'self'",
        "connect-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
        "worker-src 'self'",
        "manifest-src 'self'",
        # No script of ours turns text into markup, so none may.
        "require-trusted-types-for 'script'",
        "trusted-types 'none'",
        # Firefox and Safari know the old way of reporting only; Chromium prefers the new one.
        f"report-uri {REPORTS}",
        "report-to csp",
    ]
)
DENIED = (
    "accelerometer", "ambient-light-sensor", "attribution-reporting", "autoplay", "bluetooth",
    "browsing-topics", "camera", "clipboard-read", "compute-pressure", "display-capture",
    "encrypted-media", "fullscreen", "gamepad", "geolocation", "gyroscope", "hid",
    "identity-credentials-get", "idle-detection", "local-fonts", "magnetometer", "microphone",
    "midi", "otp-credentials", "payment", "picture-in-picture", "screen-wake-lock", "serial",
    "storage-access", "usb", "web-share", "window-management", "xr-spatial-tracking",
)  # fmt: skip
PASSKEYS = ("publickey-credentials-get", "publickey-credentials-create")
ALWAYS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": ", ".join(
        [f"{feature}=()" for feature in DENIED] + [f"{feature}=(self)" for feature in PASSKEYS]
    ),
    "Reporting-Endpoints": f'csp="{REPORTS}"',
}
HSTS = "max-age=31536000; includeSubDomains"


def init_headers(app: Flask) -> None:
    app.after_request(_add)


def _add(response: Response) -> Response:
    response.headers.update(ALWAYS)
    nonce = g.get("csp_nonce")
    script = f"'nonce-{nonce}'" if nonce else "'none'"
    response.headers["Content-Security-Policy"] = POLICY.format(script=script)
    if not response.cache_control.immutable:
        response.headers["Cache-Control"] = "no-store"
        response.vary.add("Cookie")
    if current_app.config["SESSION_COOKIE_SECURE"]:  # set when our own address is an https one
        response.headers["Strict-Transport-Security"] = HSTS
    return response
