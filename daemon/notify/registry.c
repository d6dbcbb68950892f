#include "daemon/notify/registry.h"

#include "daemon/notify/email.h"
#include "daemon/notify/webhook.h"

const NotifierDriver *const notifier_drivers[] = {
        &notifier_webhook,
        &notifier_email,
        NULL,
};
