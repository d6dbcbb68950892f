#include "daemon/store/db.h"
#include "daemon/store/rows.h"

#include "daemon/base/text.h"

#include <string.h>

static const char sql_put[] =
        "INSERT INTO content (target, began, first_seen_ms, last_seen_ms, rules, missing, text, words_removed,"
        " words_added, diff) VALUES (?1, ?2, ?3, ?3, ?4, ?5, ?6, ?7, ?8, ?9)";

int store_put_content(Store *store, const char *target, const Content *content, ContentStep began,
                      const ContentChange *change, Nsec at_real) {
        mon_auto_query query = {0};
        StoreTarget *row;
        int64_t text = 0;

        int r = store_find_target(store, target, &row);
        if (r == 0 && content->text[0])
                r = store_put_blob(store, content->text, strlen(content->text), &text);
        if (r == 0)
                r = query_begin(&query, store, sql_put);
        if (r < 0)
                return r;
        query_int(&query, row->id);
        query_int(&query, began);
        query_msec(&query, at_real);
        query_int(&query, (int64_t)content->rules);
        query_text(&query, content->missing);
        query_int_or_null(&query, text, text != 0);
        query_int(&query, (int64_t)change->removed);
        query_int(&query, (int64_t)change->added);
        query_text(&query, change->diff);
        return query_run(&query);
}

static const char sql_see[] = "UPDATE content SET last_seen_ms = max(last_seen_ms, ?2)"
                              " WHERE id = (SELECT max(id) FROM content WHERE target = ?1)";

int store_see_content(Store *store, const char *target, Nsec at_real) {
        mon_auto_query query = {0};
        StoreTarget *row;

        int r = store_find_target(store, target, &row);
        if (r == 0)
                r = query_begin(&query, store, sql_see);
        if (r < 0)
                return r;
        query_int(&query, row->id);
        query_msec(&query, at_real);
        return query_run(&query);
}

static const char sql_load[] = "SELECT c.rules, c.missing, c.text FROM content c JOIN target t ON t.id = c.target"
                               " WHERE t.name = ? ORDER BY c.id DESC LIMIT 1";

int store_load_content(Store *store, const char *target, Content *ret_content) {
        mon_auto_query query = {0};
        mon_auto_free char *text = NULL;

        int r = query_begin(&query, store, sql_load);
        if (r < 0)
                return r;
        query_text(&query, target);
        r = query_step(&query);
        if (r != QUERY_ROW)
                return r < 0 ? r : STORE_E_NOT_FOUND;
        int64_t blob = query_get_int(&query, 2);
        if (blob == 0)
                text = mon_strdup("");
        r = blob == 0 ? 0 : store_read_blob(store, blob, CONTENT_TEXT_MAX, &text);
        if (r != 0) /* a text that cannot be unpacked is one that nothing can be compared with */
                return r == -EUCLEAN ? STORE_E_NOT_FOUND : r;
        *ret_content = (Content){.text = mon_steal(&text),
                                 .missing = mon_strdup(query_get_text(&query, 1)),
                                 .rules = (uint64_t)query_get_int(&query, 0)};
        content_digest(ret_content);
        return 0;
}

static const char sql_each[] =
        "SELECT c.id, t.name, c.began, c.first_seen_ms, c.last_seen_ms, c.missing, c.words_removed, c.words_added,"
        " c.diff, b.sha256 FROM content c JOIN target t ON t.id = c.target LEFT JOIN blob b ON b.id = c.text"
        " WHERE (?1 IS NULL OR t.name = ?1) AND c.last_seen_ms >= ?2 AND c.first_seen_ms < ?3"
        " AND (c.first_seen_ms, c.id) < (?4, ?5) ORDER BY c.first_seen_ms DESC, c.id DESC LIMIT ?6";

int store_each_content(Store *store, const StorePage *page, StoreContentFn *fn, void *userdata) {
        mon_auto_query query = {0};

        int r = query_begin(&query, store, sql_each);
        if (r < 0)
                return r;
        query_page(&query, page);
        while ((r = query_step(&query)) == QUERY_ROW) {
                Sha256 digest;
                StoreContentRow row = {
                        .id = query_get_int(&query, 0),
                        .target = query_get_text(&query, 1),
                        .began = (ContentStep)query_get_int(&query, 2),
                        .first_seen_at_real = query_get_msec(&query, 3),
                        .last_seen_at_real = query_get_msec(&query, 4),
                        .missing = query_get_text(&query, 5),
                        .words_removed = query_get_int(&query, 6),
                        .words_added = query_get_int(&query, 7),
                        .diff = query_get_text(&query, 8),
                        .text_sha256 = query_get_sha256(&query, 9, &digest) ? &digest : NULL,
                };
                r = fn(userdata, &row);
                if (r != 0)
                        return r;
        }
        return r;
}
