#include "config/future.h"

#include "daemon/base/text.h"

static const struct {
        const char *block, *key, *what;
} futures[] = {
        {"", "timestamp", "time stamps"},
        {"", "api", "web page or API on TCP"},
        {"targets", "browser", "targets of kind 'browser'"},
};

char *future_text(const char *block, const char *key) {
        for (size_t i = 0; i < mon_count_of(futures); i++)
                if (text_is(block, futures[i].block) && text_is(key, futures[i].key))
                        return mon_printf("'%s': this version of mond has no %s yet: take it out", key,
                                          futures[i].what);
        return NULL;
}
