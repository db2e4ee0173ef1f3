"""What gunicorn reads at its start (``--config python:caseflow.kernel.serving``)."""

from caseflow.kernel import logs

logconfig_dict = logs.configuration()
accesslog = None  # ours says it without the address and its query
