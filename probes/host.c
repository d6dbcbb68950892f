#include "probes/host.h"

#include "daemon/base/text.h"
#include "daemon/net/resolve.h"
#include "daemon/net/url.h"

#include <string.h>

char *probe_check_host(const char *text) {
        if (net_host_is_address(text))
                return NULL;
        if (strlen(text) > RESOLVE_NAME_MAX)
                return mon_printf("a name has at most %d characters", RESOLVE_NAME_MAX);
        if (text[strcspn(text, " /:@[]")] != '\0')
                return mon_strdup("'host' takes a name or an address alone, such as www.example.org");
        return NULL;
}
