#include "probes/page/announce.h"

#include "probes/page/calendar.h"

#include <string.h>

#define ANNOUNCE_ITEMS_MAX 6 /* dates and hours of one text */
#define DAY_MINUTES 1440

typedef enum TokenKind { TOKEN_WORD, TOKEN_NUMBER, TOKEN_MARK } TokenKind;

typedef struct Token {
        TokenKind kind;
        const char *at;
        size_t len;
        int value;    /* of a number, at most 9999 */
        bool is_near; /* nothing stands between it and the token before */
} Token;

typedef enum Role { ROLE_NONE, ROLE_FROM, ROLE_UNTIL } Role;

typedef struct Item { /* a date or an hour, as it was met */
        bool is_time;
        bool is_vague; /* an evening or a night: `minute` to `until` of that day */
        Role role;
        int64_t day;
        int minute, until;
        size_t token;
} Item;

typedef struct Reading {
        Token tokens[ANNOUNCE_TOKENS_MAX];
        size_t n;
        Item items[ANNOUNCE_ITEMS_MAX];
        size_t n_items;
        int64_t today;
        int64_t near;     /* the day that a date without its year is near to */
        int now;          /* minute of today */
        int zone_minutes; /* west of Paris time is negative; INT32_MAX: Paris itself */
        bool has_week;    /* "du lundi au vendredi": opening hours */
} Reading;

/* --- tokens ---------------------------------------------------------------------------------------------------- */

static bool is_digit(char c) {
        return c >= '0' && c <= '9';
}

static bool is_letter(char c) {
        return c >= 'a' && c <= 'z';
}

static void tokenize(Reading *reading, const char *text) {
        const char *last_end = NULL;

        for (const char *at = text; *at && reading->n < ANNOUNCE_TOKENS_MAX;) {
                if (*at == ' ' || (unsigned char)*at >= 0x80) {
                        at++;
                        continue;
                }
                Token token = {.kind = TOKEN_MARK, .at = at, .len = 1, .is_near = at == last_end};
                if (is_digit(*at)) {
                        token.kind = TOKEN_NUMBER;
                        for (token.len = 0; is_digit(at[token.len]); token.len++)
                                token.value =
                                        token.value > 9999 ? token.value : token.value * 10 + (at[token.len] - '0');
                } else if (is_letter(*at)) {
                        token.kind = TOKEN_WORD;
                        for (token.len = 0; is_letter(at[token.len]);)
                                token.len++;
                }
                at += token.len;
                last_end = at;
                reading->tokens[reading->n++] = token;
        }
}

static const Token *token_at(const Reading *reading, size_t i) {
        static const Token none = {.kind = TOKEN_MARK, .at = "", .len = 0};
        return i < reading->n ? &reading->tokens[i] : &none;
}

static bool is_word(const Token *token, const char *word) {
        return token->kind == TOKEN_WORD && strlen(word) == token->len && memcmp(token->at, word, token->len) == 0;
}

static bool is_mark(const Token *token, char mark) {
        return token->kind == TOKEN_MARK && token->len == 1 && *token->at == mark;
}

static bool is_among(const Token *token, const char *const *words, size_t n) {
        for (size_t i = 0; i < n; i++)
                if (is_word(token, words[i]))
                        return true;
        return false;
}
#define among(token, ...)                                                                                              \
        is_among(token, (const char *const[]){__VA_ARGS__}, mon_count_of(((const char *const[]){__VA_ARGS__})))

static int month_of(const Token *token) {
        static const char *const names[12][4] = {{"janvier", "january", "jan", "janv"},
                                                 {"fevrier", "february", "feb", "fevr"},
                                                 {"mars", "march", "mar", "mars"},
                                                 {"avril", "april", "apr", "avr"},
                                                 {"mai", "may", "mai", "may"},
                                                 {"juin", "june", "jun", "juin"},
                                                 {"juillet", "july", "jul", "juil"},
                                                 {"aout", "august", "aug", "aout"},
                                                 {"septembre", "september", "sep", "sept"},
                                                 {"octobre", "october", "oct", "oct"},
                                                 {"novembre", "november", "nov", "nov"},
                                                 {"decembre", "december", "dec", "dec"}};

        for (int month = 0; month < 12; month++)
                if (is_among(token, names[month], 4))
                        return month + 1;
        return 0;
}

/* `is_short`: "mon" and "sun" are words of their own, so they count only beside another day. */
static int weekday_of(const Token *token, bool is_short) {
        static const char *const names[7][3] = {{"lundi", "monday", "mon"},       {"mardi", "tuesday", "tue"},
                                                {"mercredi", "wednesday", "wed"}, {"jeudi", "thursday", "thu"},
                                                {"vendredi", "friday", "fri"},    {"samedi", "saturday", "sat"},
                                                {"dimanche", "sunday", "sun"}};

        for (int day = 0; day < 7; day++)
                if (is_among(token, names[day], is_short ? 3 : 2))
                        return day;
        return -1;
}

/* --- dates ----------------------------------------------------------------------------------------------------- */

static int full_year(int year) {
        return year < 100 ? 2000 + year : year;
}

/* How far a day is; what lies behind counts more, as notices are put up before the day. */
static int64_t distance(int64_t gap) {
        return gap < 0 ? -gap * 3 / 2 : gap;
}

/* A day without its year: the one nearest to today, or to the date whose end it is. */
static bool nearest_day(const Reading *reading, int month, int mday, int64_t *ret_day) {
        int year;
        bool found = false;

        calendar_date(reading->near, &year, NULL, NULL);
        for (int y = year - 1; y <= year + 1; y++) {
                if (!calendar_is_date(y, month, mday))
                        continue;
                int64_t day = calendar_day(y, month, mday);
                if (!found || distance(day - reading->near) < distance(*ret_day - reading->near))
                        *ret_day = day;
                found = true;
        }
        return found;
}

static bool day_of(const Reading *reading, int year, int month, int mday, int64_t *ret_day) {
        if (year < 0)
                return nearest_day(reading, month, mday, ret_day);
        year = full_year(year);
        if (!calendar_is_date(year, month, mday))
                return false;
        *ret_day = calendar_day(year, month, mday);
        return true;
}

static bool is_year(const Token *token) {
        return token->kind == TOKEN_NUMBER && token->len == 4 && token->value >= 1990 && token->value <= 2200;
}

/* 2026-06-14, 14/06/2026, 14.06.26, 14/06; with the month first where nothing else is possible. */
static size_t take_numbers(const Reading *reading, size_t i, int64_t *ret_day) {
        const Token *a = token_at(reading, i), *s = token_at(reading, i + 1), *b = token_at(reading, i + 2);
        const Token *t = token_at(reading, i + 3), *c = token_at(reading, i + 4);

        if (!s->is_near || !b->is_near || b->kind != TOKEN_NUMBER || !strchr("/.-", *s->at) || s->len == 0)
                return 0;
        bool has_third = t->is_near && t->len == 1 && *t->at == *s->at && c->is_near && c->kind == TOKEN_NUMBER;
        if (is_year(a) && has_third)
                return day_of(reading, a->value, b->value, c->value, ret_day) ? 5 : 0;
        if (!has_third && !is_mark(s, '/'))
                return 0; /* 2.0, 10-12 */
        if (has_third && ((c->len != 2 && c->len != 4) || is_mark(token_at(reading, i + 5), *s->at)))
                return 0; /* 02.00.00.00.12 is a telephone */
        int mday = b->value > 12 ? b->value : a->value, month = b->value > 12 ? a->value : b->value;
        return day_of(reading, has_third ? c->value : -1, month, mday, ret_day) ? (has_third ? 5 : 3) : 0;
}

/* "16 juin 2026", "1er juin", "14th of June", "June 14, 2026". */
static size_t take_named(const Reading *reading, size_t i, int64_t *ret_day) {
        size_t start = i;
        int mday, month, year = -1;

        if (token_at(reading, i)->kind == TOKEN_NUMBER) {
                mday = token_at(reading, i++)->value;
                i += token_at(reading, i)->is_near && among(token_at(reading, i), "er", "st", "nd", "rd", "th");
                i += is_word(token_at(reading, i), "of");
                month = month_of(token_at(reading, i));
                if (month == 0)
                        return 0;
                i++;
        } else {
                month = month_of(token_at(reading, i++));
                i += is_mark(token_at(reading, i), '.');
                if (month == 0 || token_at(reading, i)->kind != TOKEN_NUMBER || is_year(token_at(reading, i)))
                        return 0;
                mday = token_at(reading, i++)->value;
                i += token_at(reading, i)->is_near && among(token_at(reading, i), "st", "nd", "rd", "th");
        }
        size_t after = i + (is_mark(token_at(reading, i), ',') || is_mark(token_at(reading, i), '.'));
        if (is_year(token_at(reading, after))) {
                year = token_at(reading, after)->value;
                i = after + 1;
        }
        return mday <= 31 && day_of(reading, year, month, mday, ret_day) ? i - start : 0;
}

/* "du 20 au 25 janvier": a day of the month that the date behind it names. */
static size_t take_bare_day(const Reading *reading, size_t i, int64_t *ret_day) {
        const Token *a = token_at(reading, i);
        size_t next = i + 1;
        int64_t later;
        int year, month, mday;

        next += token_at(reading, next)->is_near && among(token_at(reading, next), "er", "st", "nd", "rd", "th");
        const Token *link = token_at(reading, next);
        if (a->kind != TOKEN_NUMBER || a->value < 1 || a->value > 31 ||
            !(among(link, "au", "to", "et", "and") || is_mark(link, '-')))
                return 0;
        next++;
        next += weekday_of(token_at(reading, next), false) >= 0;
        if (!take_numbers(reading, next, &later) && !take_named(reading, next, &later))
                return 0;
        calendar_date(later, &year, &month, &mday);
        if (a->value > mday && --month == 0) {
                month = 12;
                year--;
        }
        if (!calendar_is_date(year, month, a->value))
                return 0;
        *ret_day = calendar_day(year, month, a->value);
        return next - i - 1;
}

/* Days and parts of days told from today. */
static size_t take_relative(Reading *reading, size_t i, Item *item) {
        const Token *a = token_at(reading, i), *b = token_at(reading, i + 1);

        item->day = reading->today;
        if (is_word(a, "demain") || is_word(a, "tomorrow")) {
                item->day++;
                return 1;
        }
        if (is_word(a, "today"))
                return 1;
        if (is_word(a, "aujourd") && is_word(token_at(reading, i + 2), "hui"))
                return 3;
        bool night = is_word(a, "tonight") || (is_word(a, "cette") && is_word(b, "nuit"));
        if (night || (is_word(a, "ce") && is_word(b, "soir")) || (is_word(a, "this") && is_word(b, "evening"))) {
                if (night && reading->now < 6 * 60)
                        item->day--;
                item->is_vague = true;
                item->minute = (night ? 21 : 18) * 60;
                item->until = night ? DAY_MINUTES + 6 * 60 : DAY_MINUTES;
                return is_word(a, "tonight") ? 1 : 2;
        }
        return 0;
}

static bool is_week(const Reading *reading, size_t i) {
        const Token *link = token_at(reading, i + 1);
        return weekday_of(token_at(reading, i), true) >= 0 &&
               (among(link, "au", "to", "through", "a") || is_mark(link, '-')) &&
               weekday_of(token_at(reading, i + 2), true) >= 0;
}

/* "since Monday", "lundi dernier" */
static bool is_past(const Reading *reading, size_t i) {
        for (size_t back = 1; back <= 2 && back <= i; back++)
                if (among(token_at(reading, i - back), "depuis", "since", "last"))
                        return true;
        return among(token_at(reading, i + 1), "dernier", "passe");
}

static size_t take_weekday(Reading *reading, size_t i, int64_t *ret_day) {
        int weekday = weekday_of(token_at(reading, i), false);
        size_t next = i + 1;
        int64_t ignored;

        reading->has_week = reading->has_week || is_week(reading, i);
        if (weekday < 0)
                return 0;
        next += is_mark(token_at(reading, next), ',') || is_mark(token_at(reading, next), '.');
        next += among(token_at(reading, next), "le", "the");
        if (take_numbers(reading, next, &ignored) || take_named(reading, next, &ignored) ||
            take_bare_day(reading, next, &ignored))
                return 0; /* the date behind it says more */
        *ret_day = reading->today + (weekday - calendar_weekday(reading->today) + 7) % 7;
        if (*ret_day > reading->today && is_past(reading, i))
                *ret_day -= 7;
        return 1;
}

/* --- hours ----------------------------------------------------------------------------------------------------- */

static void note_zone(Reading *reading, size_t i) {
        static const struct {
                const char *name;
                int west; /* minutes from UTC */
        } zones[] = {{"utc", 0},    {"gmt", 0},    {"z", 0},      {"bst", 60},   {"est", -300},
                     {"edt", -240}, {"cst", -360}, {"cdt", -300}, {"pst", -480}, {"pdt", -420}};
        const Token *token = token_at(reading, i);

        for (size_t k = 0; k < mon_count_of(zones); k++)
                if (is_word(token, zones[k].name))
                        reading->zone_minutes = zones[k].west;
}

/* "2 heures" is an hour of the day only where it is told as one. */
static bool tells_hour(const Reading *reading, size_t i) {
        if (i == 0)
                return false;
        return among(token_at(reading, i - 1), "a", "de", "des", "vers", "entre", "et", "avant", "apres", "au", "to",
                     "from");
}

static size_t take_half(const Reading *reading, size_t i, int *hour) {
        const Token *half = token_at(reading, i);
        bool am = among(half, "am", "a"), pm = among(half, "pm", "p");
        size_t used = 1;

        if (!am && !pm)
                return 0;
        if (half->len == 1) { /* "p.m." */
                if (!is_mark(token_at(reading, i + 1), '.') || !is_word(token_at(reading, i + 2), "m"))
                        return 0;
                used = 3 + is_mark(token_at(reading, i + 3), '.');
        }
        if (*hour > 12)
                return used;
        *hour = *hour % 12 + (pm ? 12 : 0);
        return used;
}

static size_t take_hour(Reading *reading, size_t i, int *ret_minute) {
        const Token *a = token_at(reading, i), *b = token_at(reading, i + 1), *c = token_at(reading, i + 2);
        int hour = a->value, minute = 0;
        size_t used = 0;

        if (among(a, "midi", "noon", "minuit", "midnight")) {
                *ret_minute = among(a, "midi", "noon") ? 12 * 60 : 0;
                return 1;
        }
        if (a->kind != TOKEN_NUMBER || a->len > 2 || hour > 24)
                return 0;
        bool has_minutes = c->kind == TOKEN_NUMBER && c->len == 2 && c->value < 60;
        if (is_word(b, "h") || among(b, "hrs", "heure", "heures")) {
                if (b->len > 1 && !tells_hour(reading, i))
                        return 0;
                if (is_mark(c, '/')) /* 24h/24 */
                        return 0;
                used = 2 + (has_minutes && (c->is_near || b->len == 1));
        } else if (is_mark(b, ':') && b->is_near && has_minutes && c->is_near) {
                used = 3;
                if (is_mark(token_at(reading, i + 3), ':') && token_at(reading, i + 4)->kind == TOKEN_NUMBER)
                        used = 5;
        } else if (is_mark(b, '.') && b->is_near && has_minutes && c->is_near &&
                   among(token_at(reading, i + 3), "am", "pm"))
                used = 3;
        minute = used >= 3 ? c->value : 0;
        size_t half = take_half(reading, i + (used ? used : 1), &hour);
        if (used == 0 && half == 0)
                return 0;
        used = (used ? used : 1) + half;
        note_zone(reading, i + used);
        *ret_minute = hour * 60 + minute;
        return used;
}

/* --- what each of them is for ---------------------------------------------------------------------------------- */

static Role role_of(const Reading *reading, size_t i) {
        const Item *before = reading->n_items > 0 ? &reading->items[reading->n_items - 1] : NULL;

        for (size_t back = 1; back <= 4 && back <= i; back++) {
                const Token *token = token_at(reading, i - back);
                if (before && i - back < before->token)
                        break;
                if (among(token, "jusqu", "until", "till", "before", "avant", "through"))
                        return ROLE_UNTIL;
                if (before && among(token, "reouverture", "rouvrira", "reouvrira", "retour", "reopening", "reopens"))
                        return ROLE_UNTIL;
                if (among(token, "partir", "from", "since", "depuis", "compter", "starting", "entre", "between",
                          "after", "apres"))
                        return ROLE_FROM;
                if (back <= 2 && before && (among(token, "au", "to", "et", "and") || is_mark(token, '-')))
                        return ROLE_UNTIL;
                if (back == 1 && is_word(token, "a") && before && before->is_time)
                        return ROLE_UNTIL;
                if (back <= 2 && among(token, "du", "de", "des"))
                        return ROLE_FROM;
        }
        return ROLE_NONE;
}

/* Most words begin neither a date nor an hour: they are told apart by their first letters. */
static bool may_begin(const Token *token) {
        static const char beginnings[] =
                "ja fe ma av ap ju ao au se oc no de lu me je ve sa di mo tu we th fr su to ce mi";

        if (token->kind == TOKEN_NUMBER)
                return true;
        if (token->kind != TOKEN_WORD || token->len < 2)
                return false;
        for (const char *at = beginnings; *at; at += at[2] ? 3 : 2)
                if (at[0] == token->at[0] && at[1] == token->at[1])
                        return true;
        return false;
}

/* "du 12/06/2026 au 13/06": the end of a span is of the year of its beginning, or of the one after. */
static int64_t day_nearby(const Reading *reading, size_t i) {
        if (role_of(reading, i) == ROLE_UNTIL)
                for (size_t k = reading->n_items; k > 0; k--)
                        if (!reading->items[k - 1].is_time)
                                return reading->items[k - 1].day;
        return reading->today;
}

static size_t take_item(Reading *reading, size_t i, Item *item) {
        if (!may_begin(token_at(reading, i)))
                return 0;
        reading->near = day_nearby(reading, i);
        size_t used = take_numbers(reading, i, &item->day);

        if (used == 0)
                used = take_named(reading, i, &item->day);
        if (used == 0)
                used = take_bare_day(reading, i, &item->day);
        if (used == 0)
                used = take_relative(reading, i, item);
        if (used == 0)
                used = take_weekday(reading, i, &item->day);
        if (used == 0) {
                used = take_hour(reading, i, &item->minute);
                item->is_time = used > 0;
        }
        return used;
}

/* What has been so since the third of March began on the last one. */
static void turn_back(const Reading *reading, size_t i, Item *item) {
        int year, month, mday;

        if (item->is_time || item->day <= reading->today)
                return;
        for (size_t back = 1; back <= 3 && back <= i; back++) {
                calendar_date(item->day, &year, &month, &mday);
                if (among(token_at(reading, i - back), "depuis", "since") && calendar_is_date(year - 1, month, mday))
                        item->day = calendar_day(year - 1, month, mday);
        }
}

static void read_items(Reading *reading) {
        for (size_t i = 0; i < reading->n && reading->n_items < ANNOUNCE_ITEMS_MAX;) {
                Item item = {.token = i};
                size_t used = take_item(reading, i, &item);
                if (used > 0) {
                        turn_back(reading, i, &item);
                        item.role = role_of(reading, i);
                        item.token = i + used;
                        reading->items[reading->n_items++] = item;
                }
                i += used ? used : 1;
        }
}

static Nsec instant(const Reading *reading, int64_t day, int minute) {
        if (reading->zone_minutes == INT32_MAX)
                return calendar_paris(day, minute);
        return (day * 86400 + (minute - reading->zone_minutes) * INT64_C(60)) * NSEC_PER_SEC;
}

typedef struct Chosen {
        const Item *dates[2], *times[2];
        size_t n_dates, n_times;
} Chosen;

/* The first date and its end, the first hour and its end; what follows belongs to something else. */
static Chosen choose(const Reading *reading) {
        Chosen chosen = {0};

        for (size_t i = 0; i < reading->n_items; i++) {
                const Item *item = &reading->items[i];
                if (item->is_time) {
                        if (chosen.n_times < 2)
                                chosen.times[chosen.n_times++] = item;
                } else if (chosen.n_dates == 0)
                        chosen.dates[chosen.n_dates++] = item;
                else if (chosen.n_dates == 1 && item->role == ROLE_UNTIL)
                        chosen.dates[chosen.n_dates++] = item;
                else if (item->day != chosen.dates[0]->day) /* "today, Tuesday the 9th" is one day */
                        break;
        }
        return chosen;
}

static void span_of_days(const Reading *reading, const Chosen *chosen, AnnounceSpan *span) {
        const Item *first = chosen->dates[0], *last = chosen->dates[chosen->n_dates - 1];

        if (first->is_vague) {
                span->from_at_real = instant(reading, first->day, first->minute);
                span->until_at_real = instant(reading, first->day, first->until);
                span->has_hours = true;
                return;
        }
        if (chosen->n_dates == 1 && first->role == ROLE_UNTIL) {
                span->until_at_real = instant(reading, first->day + 1, 0);
                return;
        }
        span->from_at_real = instant(reading, first->day, 0);
        if (chosen->n_dates == 2 || first->role != ROLE_FROM)
                span->until_at_real = instant(reading, last->day + 1, 0);
}

static void span_of_hours(const Reading *reading, const Chosen *chosen, AnnounceSpan *span) {
        const Item *first = chosen->dates[0], *last = chosen->n_dates ? chosen->dates[chosen->n_dates - 1] : NULL;
        int64_t from_day = first ? first->day : reading->today, until_day = last ? last->day : reading->today;
        int from = chosen->times[0]->minute;

        span->has_hours = true;
        if (chosen->n_times == 2) {
                int until = chosen->times[1]->minute;
                span->from_at_real = instant(reading, from_day, from);
                span->until_at_real = instant(reading, until_day, until);
                if (span->until_at_real <= span->from_at_real)
                        span->until_at_real = instant(reading, until_day + 1, until);
                return;
        }
        Role role = chosen->times[0]->role != ROLE_NONE ? chosen->times[0]->role : last ? last->role : ROLE_NONE;
        if (role == ROLE_UNTIL) {
                int64_t day = !last && from < reading->now - DAY_MINUTES / 2 ? until_day + 1 : until_day;
                span->until_at_real = instant(reading, day, from);
                if (chosen->n_dates == 2)
                        span->from_at_real = instant(reading, from_day, 0);
                return;
        }
        span->from_at_real = instant(reading, from_day, from);
        if (chosen->n_dates == 2)
                span->until_at_real = instant(reading, until_day + 1, 0);
}

bool announce_read(const char *folded, Nsec at_real, AnnounceSpan *ret_span) {
        AnnounceSpan span = {.from_at_real = NSEC_UNKNOWN, .until_at_real = NSEC_UNKNOWN};
        Reading reading;

        reading.n = reading.n_items = 0;
        reading.has_week = false;
        reading.zone_minutes = INT32_MAX;
        calendar_in_paris(at_real, &reading.today, &reading.now);
        tokenize(&reading, folded);
        read_items(&reading);
        if (reading.n_items == 0 || reading.has_week)
                return false;
        Chosen chosen = choose(&reading);
        span.has_date = chosen.n_dates > 0;
        if (chosen.n_times > 0)
                span_of_hours(&reading, &chosen, &span);
        else
                span_of_days(&reading, &chosen, &span);
        if (span.from_at_real != NSEC_UNKNOWN && span.until_at_real != NSEC_UNKNOWN &&
            span.until_at_real <= span.from_at_real)
                span.until_at_real = NSEC_UNKNOWN; /* a slip of whoever wrote it: only the beginning is believed */
        *ret_span = span;
        return true;
}
