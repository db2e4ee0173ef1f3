from caseflow import create_app
from caseflow.kernel import logs

logs.start()
app = create_app()
