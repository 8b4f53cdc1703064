"""What a production server imports: ``granian --interface wsgi portal.wsgi:application``."""

from werkzeug.middleware.proxy_fix import ProxyFix

from portal import create_app

application = create_app()
if application.config["PROXIES"]:
    hops = application.config["PROXIES"]
    application.wsgi_app = ProxyFix(  # type: ignore[method-assign]
        application.wsgi_app, x_for=hops, x_proto=hops, x_host=hops
    )
