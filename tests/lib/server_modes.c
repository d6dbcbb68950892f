#include "tests/lib/server.h"

#include <string.h>

static const char *const mode_names[] = {
        [SERVER_PLAIN] = "plain",
        [SERVER_CHUNKED] = "chunked",
        [SERVER_UNTIL_CLOSE] = "until_close",
        [SERVER_GZIP] = "gzip",
        [SERVER_CLOSE] = "close",
        [SERVER_RESET] = "reset",
        [SERVER_HANG] = "hang",
        [SERVER_HANG_IN_HEAD] = "hang_in_head",
        [SERVER_CUT_IN_HEAD] = "cut_in_head",
        [SERVER_HANG_IN_BODY] = "hang_in_body",
        [SERVER_DRIP] = "drip",
        [SERVER_DRIP_HEAD] = "drip_head",
        [SERVER_TRUNCATED] = "truncated",
        [SERVER_CHUNKED_CUT] = "chunked_cut",
        [SERVER_RESET_IN_BODY] = "reset_in_body",
        [SERVER_GARBAGE] = "garbage",
        [SERVER_HTTP_09] = "http_09",
        [SERVER_ENDLESS] = "endless",
        [SERVER_GZIP_BOMB] = "gzip_bomb",
        [SERVER_GZIP_EMPTY] = "gzip_empty",
        [SERVER_BAD_GZIP] = "bad_gzip",
        [SERVER_HEADER_FLOOD] = "header_flood",
        [SERVER_HEADER_LONG] = "header_long",
        [SERVER_INTERIM_FLOOD] = "interim_flood",
};

bool server_mode_from_name(const char *name, ServerMode *ret_mode) {
        for (size_t i = 0; i < mon_count_of(mode_names); i++)
                if (strcmp(mode_names[i], name) == 0) {
                        *ret_mode = (ServerMode)i;
                        return true;
                }
        return false;
}
