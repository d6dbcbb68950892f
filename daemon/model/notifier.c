#include "daemon/model/notifier.h"

#include <fnmatch.h>

bool notifier_wants(const Notifier *notifier, EventType type) {
        for (size_t i = 0; i < notifier->events.n; i++)
                if (fnmatch(notifier->events.items[i].text, event_type_name(type), 0) == 0)
                        return true;
        return false;
}
