"""Settings (provisional)."""
import base64, os
from pathlib import Path
import datetime as dt
BASE_DIR = Path(__file__).parent.parent
SECRET_KEY="x"; DEBUG=True; ALLOWED_HOSTS=["*"]
DEMO = os.environ.get("DEMO")=="1"
SITE_URL="http://localhost:8000"
BUSINESS_DATE = dt.date(2022,2,22) if DEMO else None
FIELD_KEYS="1:"+base64.b64encode(b"k"*64).decode()
def _db(u): return {"ENGINE":"django.db.backends.postgresql","NAME":"redcross","USER":u,"HOST":"127.0.0.1","PORT":"5499"}
DATABASES={"default":_db("redcross_app"),"owner":_db("redcross_owner")}
OWNER_DATABASE="owner"; APPLICATION_ROLE="redcross_app"
REDIS_URL="redis://127.0.0.1:6399/0"
INSTALLED_APPS=["unfold","unfold.contrib.filters","django.contrib.admin","django.contrib.auth","django.contrib.contenttypes","django.contrib.sessions","django.contrib.messages","django.contrib.staticfiles","django.contrib.humanize","django.contrib.postgres","django_htmx","import_export","pghistory","pgtrigger","django_celery_beat","rest_framework","drf_spectacular","rules.apps.AutodiscoverRulesConfig",
"redcross.branches","redcross.accounts","redcross.notices","redcross.uploads","redcross.indicators","redcross.dashboards","redcross.reports","redcross.api","redcross.portal","donations"]
MIDDLEWARE=["django.middleware.security.SecurityMiddleware","django.contrib.sessions.middleware.SessionMiddleware","django.middleware.common.CommonMiddleware","django.middleware.csrf.CsrfViewMiddleware","django.contrib.auth.middleware.AuthenticationMiddleware","redcross.accounts.middleware.ScopeMiddleware","django.contrib.messages.middleware.MessageMiddleware","django_htmx.middleware.HtmxMiddleware"]
TEMPLATES=[{"BACKEND":"django.template.backends.django.DjangoTemplates","DIRS":[BASE_DIR/"templates"],"APP_DIRS":True,"OPTIONS":{"context_processors":["django.template.context_processors.request","django.contrib.auth.context_processors.auth","django.contrib.messages.context_processors.messages"]}}]
ROOT_URLCONF="redcross.urls"
AUTH_USER_MODEL="accounts.User"
LANGUAGE_CODE="zh-hans"; TIME_ZONE="Asia/Shanghai"; USE_TZ=True
MEDIA_ROOT=BASE_DIR/"var"/"media"
STATIC_URL="/static/"
DEFAULT_AUTO_FIELD="django.db.models.BigAutoField"
PGHISTORY_DEFAULT_TRACKERS=()
