/* A notifier of one driver, read from the YAML of its block as the configuration would read it. */
#pragma once

#include "daemon/notify/driver.h"

typedef struct NotifierFixture {
        Notifier notifier;
        char *mistakes; /* "line:column: text\n" each, as the driver and its rows told them; "" when sound */
        char *warnings; /* likewise */
        char *printed;  /* the rows, secrets hidden */
} NotifierFixture;

void notifier_fixture_init(NotifierFixture *fixture, const NotifierDriver *driver, const char *yaml, Language language);
void notifier_fixture_fini(NotifierFixture *fixture);

/* A document as events have it, of a state event of a target or path: `subject`, `from` and `to` as given. */
json_t *notifier_fixture_document(const char *type, const char *from, const char *to, const char *sentence);
