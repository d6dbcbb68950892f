#include "daemon/monctl/show.h"

#include "daemon/base/text.h"
#include "daemon/text/message.h"

#include <inttypes.h>
#include <string.h>

static const struct {
        const char *name, *symbol;
        Color color;
} states[] = {
        {"up", "●", COLOR_GREEN},        {"open", "●", COLOR_GREEN},
        {"degraded", "◐", COLOR_YELLOW}, {"impaired", "◐", COLOR_YELLOW},
        {"down", "✗", COLOR_RED},        {"closed", "✗", COLOR_RED},
        {"blocked", "⊘", COLOR_BLUE},    {"unreadable", "?", COLOR_CYAN},
        {"unknown", "○", COLOR_DIM},     {"maintenance", "■", COLOR_MAGENTA},
};

static size_t place_of(const char *name) {
        for (size_t i = 0; i < mon_count_of(states); i++)
                if (text_is(name, states[i].name))
                        return i;
        return mon_count_of(states);
}

char *show_state(const Monctl *ctl, const char *name) {
        size_t i = place_of(name);
        return mon_printf("%s %s", i < mon_count_of(states) ? states[i].symbol : "·",
                          message_state(name, ctl->language));
}

Color show_color(const char *name) {
        size_t i = place_of(name);
        return i < mon_count_of(states) ? states[i].color : COLOR_NONE;
}

char *show_seconds(const Monctl *ctl, const json_t *seconds) {
        if (!json_is_number(seconds))
                return mon_strdup("-");
        double value = json_number_value(seconds);
        if (value > 1e9)
                value = 1e9;
        return message_duration((Nsec)(value * 1000.0) * NSEC_PER_MSEC, ctl->language);
}

char *show_share(const Monctl *ctl, const json_t *share) {
        if (!json_is_number(share))
                return mon_strdup("-");
        /* Cut, not rounded: 99.997 % is not 100 %. */
        int64_t hundredths = (int64_t)(json_number_value(share) * 10000.0 + 1e-9);
        return mon_printf("%" PRId64 "%s%02" PRId64 " %%", hundredths / 100, ctl->language == LANGUAGE_FR ? "," : ".",
                          hundredths % 100);
}

char *show_quoted(const Monctl *ctl, const char *text) {
        return ctl->language == LANGUAGE_FR ? mon_printf("«\u00a0%s\u00a0»", text) : mon_printf("“%s”", text);
}

char *show_notice(const Monctl *ctl, const json_t *notice) {
        mon_auto_free char *from = local_time(ctl, json_get_text(notice, "from", NULL));
        mon_auto_free char *until = local_time(ctl, json_get_text(notice, "until", NULL));
        mon_auto_free char *quoted = show_quoted(ctl, json_get_text(notice, "text", ""));

        return phrase_fill(PHRASE_NOTICE_PENDING, ctl->language, from, until, quoted);
}

char *show_int(const json_t *number) {
        if (json_is_integer(number))
                return mon_printf("%" JSON_INTEGER_FORMAT, json_integer_value(number));
        return json_is_real(number) ? mon_printf("%.0f", json_real_value(number)) : mon_strdup("-");
}

void show_table(const Monctl *ctl, const Table *table) {
        if (table_rows(table) == 0)
                (void)printf("%s\n", say(ctl, PHRASE_NOTHING));
        else
                table_print(table, ctl->width, ctl->color, "", stdout);
}
