#include "daemon/base/json.h"

#include "daemon/base/text.h"

#include <errno.h>

static json_t *must(json_t *value) {
        if (!value)
                abort();
        return value;
}

json_t *json_text(const char *text) {
        if (!text)
                return json_null();
        json_t *value = json_string(text);
        if (value)
                return value;
        mon_auto_free char *clean = text_clean_copy(text, strlen(text));
        return must(json_string(clean));
}

json_t *json_time(Nsec at_real) {
        char text[TEXT_TIME_MAX];

        if (at_real == NSEC_UNKNOWN || at_real == NSEC_NEVER)
                return json_null();
        text_time(at_real, text);
        return must(json_string(text));
}

json_t *json_msec(Nsec span) {
        if (span == NSEC_UNKNOWN)
                return json_null();
        /* Microseconds are as fine as anybody's measurement here, and keep the numbers short. */
        return must(json_real((double)(span / 1000) / 1000.0));
}

json_t *json_seconds(int64_t msec) {
        return must(json_real((double)msec / 1000.0));
}

json_t *json_yes(bool value) {
        return json_boolean(value);
}

void json_set(json_t *object, const char *key, json_t *value) {
        if (json_object_set_new(object, key, value) < 0)
                abort();
}

void json_add(json_t *array, json_t *value) {
        if (json_array_append_new(array, value) < 0)
                abort();
}

const char *json_get_text(const json_t *object, const char *key, const char *fallback) {
        const char *text = json_string_value(json_object_get(object, key));
        return text ? text : fallback;
}

int64_t json_get_int(const json_t *object, const char *key, int64_t fallback) {
        const json_t *value = json_object_get(object, key);
        return json_is_integer(value) ? json_integer_value(value) : fallback;
}

double json_get_number(const json_t *object, const char *key, double fallback) {
        const json_t *value = json_object_get(object, key);
        return json_is_number(value) ? json_number_value(value) : fallback;
}

bool json_get_bool(const json_t *object, const char *key, bool fallback) {
        const json_t *value = json_object_get(object, key);
        return json_is_boolean(value) ? json_is_true(value) : fallback;
}

static char *print(const json_t *value, size_t flags) {
        char *text = json_dumps(value, flags | JSON_ENCODE_ANY | JSON_REAL_PRECISION(15));
        if (!text)
                abort();
        return text;
}

char *json_print(const json_t *value) {
        return print(value, JSON_INDENT(2));
}

char *json_line(const json_t *value) {
        return print(value, JSON_COMPACT);
}

int json_read(const char *bytes, size_t n, json_t **ret_value, char **ret_why) {
        json_error_t error;

        if (n > JSON_TEXT_MAX) {
                *ret_why = mon_printf("the document is larger than %u bytes", JSON_TEXT_MAX);
                return JSON_E_FORM;
        }
        json_t *value = json_loadb(bytes, n, JSON_REJECT_DUPLICATES | JSON_DECODE_ANY, &error);
        if (!value) {
                *ret_why = mon_printf("line %d, column %d: %s", error.line, error.column, error.text);
                text_clean(*ret_why);
                return JSON_E_FORM;
        }
        *ret_value = value;
        return 0;
}
