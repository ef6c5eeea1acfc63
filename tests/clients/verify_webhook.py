"""Says whether a call to a webhook is genuine, by the published library of Standard Webhooks.

Reads {"secret", "headers", "body"} from standard input.
"""

import json
import sys

from standardwebhooks import Webhook, WebhookVerificationError

asked = json.load(sys.stdin)
try:
    Webhook(asked["secret"]).verify(asked["body"], asked["headers"])
    print("genuine")
except WebhookVerificationError:
    print("forged")
