/* JSON (RFC 8259) by jansson: this header is the one door to it. Documents are jansson's own json_t; what is here is
 * what its users would otherwise each write again. Objects keep the order in which their keys were set. */
#pragma once

#include "daemon/base/alloc.h"
#include "daemon/base/clock.h"

#include <jansson.h>

#define JSON_TEXT_MAX (1U << 20) /* bytes of a document taken from outside; jansson itself bounds the depth (2048) */

mon_define_cleanup(json_t, json_decref);
#define mon_auto_json mon_cleanup(json_decref_p) json_t

/* Values for the documents of INTERFACE: NULL text and unmeasured spans become null. Text that is no UTF-8 is cleaned.
 */
json_t *json_text(const char *text);
json_t *json_time(Nsec at_real);    /* RFC 3339 string; NSEC_UNKNOWN and NSEC_NEVER are null */
json_t *json_msec(Nsec span);       /* milliseconds with their fraction; NSEC_UNKNOWN is null */
json_t *json_seconds(int64_t msec); /* seconds with milliseconds: 1234 -> 1.234 */
json_t *json_yes(bool value);

/* Sets and takes ownership; aborts when memory is out. */
void json_set(json_t *object, const char *key, json_t *value);
void json_add(json_t *array, json_t *value);

/* Readers that never fail: the fallback where the key is missing or of another type. */
const char *json_get_text(const json_t *object, const char *key, const char *fallback);
int64_t json_get_int(const json_t *object, const char *key, int64_t fallback);
double json_get_number(const json_t *object, const char *key, double fallback);
bool json_get_bool(const json_t *object, const char *key, bool fallback);

char *json_print(const json_t *value); /* indented, keys in order, no final newline; never NULL */
char *json_line(const json_t *value);  /* compact */
/* JSON_E_FORM, with the place in *ret_why (to free), when the bytes are not one JSON document. */
mon_must_check int json_read(const char *bytes, size_t n, json_t **ret_value, char **ret_why);

enum { JSON_E_FORM = 1 };
