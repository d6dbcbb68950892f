#include "daemon/base/yaml.h"

#include "daemon/base/error.h"
#include "daemon/base/text.h"

#include <stdarg.h>
#include <stdio.h>
#include <yaml.h>

typedef struct Reader {
        yaml_parser_t parser;
        yaml_event_t event;
        bool has_event;
        const char *bytes;
        size_t n;
        size_t n_nodes;
        size_t seen, seen_lines; /* how far column_of_block() has counted lines */
        YamlProblem *problem;
} Reader;

static void reader_fini(Reader *reader) {
        if (reader->has_event)
                yaml_event_delete(&reader->event);
        yaml_parser_delete(&reader->parser);
}

void yaml_node_free(YamlNode *node) {
        if (!node)
                return;
        for (size_t i = 0; i < node->n; i++) {
                if (node->keys)
                        yaml_node_free(node->keys[i]);
                yaml_node_free(node->items[i]);
        }
        free(node->keys);
        free(node->items);
        free(node->text);
        free(node);
}

static int mon_printf_like(4, 5) refuse(YamlProblem *problem, int line, int column, const char *format, ...) {
        va_list args;
        char *text;

        va_start(args, format);
        if (vasprintf(&text, format, args) < 0)
                abort();
        va_end(args);
        *problem = (YamlProblem){.line = line, .column = column, .text = text};
        return YAML_E_FORM;
}

#define refuse_at(reader, mark, ...)                                                                                   \
        refuse((reader)->problem, (int)(mark).line + 1, (int)(mark).column + 1, __VA_ARGS__)

static int refuse_offset(YamlProblem *problem, const char *bytes, size_t offset, const char *text) {
        int line = 1, column = 1;

        for (size_t i = 0; i < offset; i++) {
                if (bytes[i] == '\n') {
                        line++;
                        column = 1;
                } else if (((unsigned char)bytes[i] & 0xc0) != 0x80)
                        column++;
        }
        return refuse(problem, line, column, "%s", text);
}

static size_t first_bad_byte(const char *bytes, size_t n) {
        size_t at = 0;

        while (at < n) {
                size_t len = 1;
                while (len < 4 && len < n - at && !text_is_utf8(bytes + at, len))
                        len++;
                if (!text_is_utf8(bytes + at, len))
                        break;
                at += len;
        }
        return at;
}

/* What libyaml would take as another encoding or name by a byte offset alone is told here, with its place. */
static int check_bytes(const char *bytes, size_t n, YamlProblem *problem) {
        if (n > YAML_FILE_MAX)
                return refuse(problem, 1, 1, "the file is larger than %u bytes", YAML_FILE_MAX);
        if (n >= 2 && (memcmp(bytes, "\xff\xfe", 2) == 0 || memcmp(bytes, "\xfe\xff", 2) == 0))
                return refuse(problem, 1, 1, "the file is UTF-16: save it as UTF-8");
        const char *nul = memchr(bytes, '\0', n);
        if (nul)
                return refuse_offset(problem, bytes, (size_t)(nul - bytes),
                                     "a NUL byte: this is not a text file, or it was damaged");
        if (!text_is_utf8(bytes, n))
                return refuse_offset(problem, bytes, first_bad_byte(bytes, n),
                                     "this is not UTF-8: save the file as UTF-8");
        return 0;
}

static char byte_at(const Reader *reader, yaml_mark_t mark) {
        size_t line = 0, at = 0, column = 0;

        for (; at < reader->n && line < mark.line; at++)
                line += reader->bytes[at] == '\n';
        for (; at < reader->n && column < mark.column; at++)
                column += ((unsigned char)reader->bytes[at] & 0xc0) != 0x80;
        while (at < reader->n && ((unsigned char)reader->bytes[at] & 0xc0) == 0x80)
                at++;
        return at < reader->n ? reader->bytes[at] : '\0';
}

/* libyaml speaks of tokens and indicators; whoever edits the file needs to know what to change. */
static const struct {
        const char *problem;
        const char *advice;
        bool opened; /* by something on a line above, which is named too */
} advices[] = {
        {"mapping values are not allowed in this context",
         "a ':' is not expected here: check the indentation, or put the text between quotes", false},
        {"did not find expected key",
         "a key was expected here: check the indentation of this line, and for a missing quote above it", false},
        {"did not find expected '-' indicator", "a '-' was expected here: check the indentation of this line", false},
        {"did not find expected node content", "a value is missing here: check for a missing ']' or '}'", false},
        {"could not find expected ':'", "a ':' is missing after the key", false},
        {"did not find expected ',' or ']'", "a ',' or the closing ']' is missing", true},
        {"did not find expected ',' or '}'", "a ',' or the closing '}' is missing", true},
        {"found unexpected end of stream", "the file ends within a quoted text: the closing quote is missing", true},
        {"found unexpected document indicator", "'---' within a quoted text: the closing quote is missing", true},
        {"found unknown escape character", "this '\\' escape is not known: write '\\\\', or use single quotes", false},
        {"block sequence entries are not allowed in this context",
         "a '-' cannot stand here: put it on a line of its own", false},
        {"block mapping entries are not allowed in this context", "a key cannot stand here: check the indentation",
         false},
        {"found a tab character that violates indentation", "a tab: indent with spaces", false},
        {"found a tab character where an indentation space is expected", "a tab: indent with spaces", false},
        {"control characters are not allowed", "a control character: remove it", false},
};

static int refuse_token(Reader *reader) {
        const yaml_parser_t *parser = &reader->parser;
        char c = byte_at(reader, parser->problem_mark);

        if (c == '\t')
                return refuse_at(reader, parser->problem_mark, "a tab: indent with spaces");
        if (c > ' ' && c < 0x7f)
                return refuse_at(reader, parser->problem_mark, "a text that begins with '%c' must stand between quotes",
                                 c);
        return refuse_at(reader, parser->problem_mark,
                         "a character that cannot stand here: put the text between quotes");
}

static int refuse_parsing(Reader *reader) {
        const yaml_parser_t *parser = &reader->parser;
        const char *text = parser->problem ? parser->problem : "this cannot be read as YAML";
        bool opened = false;

        if (parser->error == YAML_MEMORY_ERROR)
                abort();
        if (text_is(text, "found character that cannot start any token"))
                return refuse_token(reader);
        for (size_t i = 0; i < mon_count_of(advices); i++)
                if (text_is(text, advices[i].problem)) {
                        text = advices[i].advice;
                        opened = advices[i].opened;
                        break;
                }
        if (parser->error == YAML_READER_ERROR)
                return refuse_offset(reader->problem, reader->bytes,
                                     parser->problem_offset < reader->n ? parser->problem_offset : reader->n, text);
        if (opened && parser->context)
                return refuse_at(reader, parser->problem_mark, "%s (opened at line %zu)", text,
                                 parser->context_mark.line + 1);
        return refuse_at(reader, parser->problem_mark, "%s", text);
}

static int next_event(Reader *reader) {
        if (reader->has_event)
                yaml_event_delete(&reader->event);
        reader->has_event = yaml_parser_parse(&reader->parser, &reader->event);
        return reader->has_event ? 0 : refuse_parsing(reader);
}

static YamlNode *node_new(YamlKind kind, yaml_mark_t mark) {
        YamlNode *node = mon_new(YamlNode);

        *node = (YamlNode){.kind = kind, .line = (int)mark.line + 1, .column = (int)mark.column + 1};
        return node;
}

static void node_add(YamlNode *node, YamlNode *key, YamlNode *item) {
        if ((node->n & (node->n - 1)) == 0) { /* 0 or a power of two: the arrays are full */
                size_t cap = node->n ? node->n * 2 : 1;
                node->items = mon_realloc_array(node->items, cap, sizeof(YamlNode *));
                if (key)
                        node->keys = mon_realloc_array(node->keys, cap, sizeof(YamlNode *));
        }
        if (key)
                node->keys[node->n] = key;
        node->items[node->n++] = item;
}

static int check_ornaments(Reader *reader, const yaml_char_t *anchor, const yaml_char_t *tag) {
        yaml_mark_t mark = reader->event.start_mark;

        if (anchor)
                return refuse_at(reader, mark, "anchors ('&%.*s') are not taken here: write the value where it is used",
                                 YAML_SHOWN_MAX, (const char *)anchor);
        if (tag)
                return refuse_at(reader, mark, "tags ('!') are not taken here: write the value alone");
        return 0;
}

static int read_node(Reader *reader, int depth, YamlNode **ret_node);

/* libyaml says where '|' stands, not where the text does: its first line that is not blank tells. */
static int column_of_block(Reader *reader, yaml_mark_t mark) {
        int column = 1;

        while (reader->seen_lines <= mark.line && reader->seen < reader->n)
                reader->seen_lines += reader->bytes[reader->seen++] == '\n';
        for (size_t at = reader->seen; at < reader->n && strchr(" \r\n", reader->bytes[at]); at++)
                column = reader->bytes[at] == ' ' ? column + 1 : 1;
        return column;
}

static int read_scalar(Reader *reader, YamlNode **ret_node) {
        yaml_mark_t mark = reader->event.start_mark;
        const char *value = (const char *)reader->event.data.scalar.value;
        size_t len = reader->event.data.scalar.length;

        int r = check_ornaments(reader, reader->event.data.scalar.anchor, reader->event.data.scalar.tag);
        if (r != 0)
                return r;
        if (strlen(value) != len)
                return refuse_at(reader, mark, "a text cannot hold a NUL character ('\\0')");
        YamlNode *node = node_new(YAML_SCALAR, mark);
        node->text = mon_strdup(value);
        node->quoted = reader->event.data.scalar.style != YAML_PLAIN_SCALAR_STYLE;
        if (reader->event.data.scalar.style == YAML_LITERAL_SCALAR_STYLE)
                node->block_column = column_of_block(reader, mark);
        *ret_node = node;
        return 0;
}

static int read_list(Reader *reader, int depth, YamlNode **ret_node) {
        int r = check_ornaments(reader, reader->event.data.sequence_start.anchor,
                                reader->event.data.sequence_start.tag);
        if (r != 0)
                return r;
        mon_cleanup(yaml_node_free_p) YamlNode *node = node_new(YAML_LIST, reader->event.start_mark);
        for (;;) {
                YamlNode *item;
                r = next_event(reader);
                if (r != 0)
                        return r;
                if (reader->event.type == YAML_SEQUENCE_END_EVENT)
                        break;
                r = read_node(reader, depth + 1, &item);
                if (r != 0)
                        return r;
                node_add(node, NULL, item);
        }
        *ret_node = mon_steal(&node);
        return 0;
}

static int read_key(Reader *reader, YamlNode **ret_key) {
        if (reader->event.type != YAML_SCALAR_EVENT)
                return refuse_at(reader, reader->event.start_mark, "a key must be a plain text");
        mon_cleanup(yaml_node_free_p) YamlNode *key = NULL;
        int r = read_node(reader, 0, &key);
        if (r != 0)
                return r;
        if (!key->quoted && text_is(key->text, "<<"))
                return refuse(reader->problem, key->line, key->column,
                              "merge keys ('<<') are not taken here: write the keys out");
        *ret_key = mon_steal(&key);
        return 0;
}

static int read_map(Reader *reader, int depth, YamlNode **ret_node) {
        int r = check_ornaments(reader, reader->event.data.mapping_start.anchor, reader->event.data.mapping_start.tag);
        if (r != 0)
                return r;
        mon_cleanup(yaml_node_free_p) YamlNode *node = node_new(YAML_MAP, reader->event.start_mark);
        for (;;) {
                mon_cleanup(yaml_node_free_p) YamlNode *key = NULL;
                YamlNode *item;
                r = next_event(reader);
                if (r != 0)
                        return r;
                if (reader->event.type == YAML_MAPPING_END_EVENT)
                        break;
                r = read_key(reader, &key);
                if (r == 0)
                        r = next_event(reader);
                if (r == 0)
                        r = read_node(reader, depth + 1, &item);
                if (r != 0)
                        return r;
                node_add(node, mon_steal(&key), item);
        }
        *ret_node = mon_steal(&node);
        return 0;
}

static int read_node(Reader *reader, int depth, YamlNode **ret_node) {
        yaml_mark_t mark = reader->event.start_mark;

        if (++reader->n_nodes > YAML_NODES_MAX)
                return refuse_at(reader, mark, "the file has more than %d values", YAML_NODES_MAX);
        if (depth > YAML_DEPTH_MAX)
                return refuse_at(reader, mark, "nested deeper than %d levels", YAML_DEPTH_MAX);
        switch (reader->event.type) {
        case YAML_SCALAR_EVENT:
                return read_scalar(reader, ret_node);
        case YAML_SEQUENCE_START_EVENT:
                return read_list(reader, depth, ret_node);
        case YAML_MAPPING_START_EVENT:
                return read_map(reader, depth, ret_node);
        default: /* an alias: the grammar leaves nothing else */
                return refuse_at(
                        reader, mark,
                        "aliases ('*') are not taken here: write the value out, or put the text between quotes");
        }
}

static int read_document(Reader *reader, YamlNode **ret_root) {
        mon_cleanup(yaml_node_free_p) YamlNode *root = NULL;
        yaml_mark_t start = {0};

        int r = next_event(reader); /* the stream's start */
        if (r == 0)
                r = next_event(reader);
        if (r == 0 && reader->event.type == YAML_DOCUMENT_START_EVENT) {
                r = next_event(reader);
                if (r == 0)
                        r = read_node(reader, 1, &root);
                if (r == 0)
                        r = next_event(reader); /* the document's end */
                if (r == 0)
                        r = next_event(reader);
        }
        if (r != 0)
                return r;
        if (reader->event.type != YAML_STREAM_END_EVENT)
                return refuse_at(reader, reader->event.start_mark, "a second document ('---'): only one is read");
        if (yaml_is_null(root)) {
                yaml_node_free(root);
                root = node_new(YAML_MAP, start);
        }
        *ret_root = mon_steal(&root);
        return 0;
}

int yaml_read_loose(const char *bytes, size_t n, YamlNode **ret_root, YamlProblem *ret_problem) {
        int r = check_bytes(bytes, n, ret_problem);
        if (r != 0)
                return r;
        if (n >= 3 && memcmp(bytes, "\xef\xbb\xbf", 3) == 0) { /* the byte order mark that some editors write */
                bytes += 3;
                n -= 3;
        }

        mon_cleanup(reader_fini) Reader reader = {.bytes = bytes, .n = n, .problem = ret_problem};
        if (!yaml_parser_initialize(&reader.parser))
                return -ENOMEM;
        yaml_parser_set_encoding(&reader.parser, YAML_UTF8_ENCODING);
        yaml_parser_set_input_string(&reader.parser, (const unsigned char *)bytes, n);
        return read_document(&reader, ret_root);
}

typedef struct FirstDuplicate {
        const YamlNode *key, *first;
} FirstDuplicate;

static void note_duplicate(void *userdata, const YamlNode *key, const YamlNode *first) {
        FirstDuplicate *found = userdata;

        if (!found->key || key->line < found->key->line ||
            (key->line == found->key->line && key->column < found->key->column))
                *found = (FirstDuplicate){key, first};
}

int yaml_read(const char *bytes, size_t n, YamlNode **ret_root, YamlProblem *ret_problem) {
        mon_cleanup(yaml_node_free_p) YamlNode *root = NULL;
        FirstDuplicate found = {0};

        int r = yaml_read_loose(bytes, n, &root, ret_problem);
        if (r != 0)
                return r;
        yaml_each_duplicate(root, note_duplicate, &found);
        if (found.key) {
                mon_auto_free char *name = text_clean_copy(found.key->text, YAML_SHOWN_MAX);
                return refuse(ret_problem, found.key->line, found.key->column,
                              "the key '%s' stands twice: first at line %d", name, found.first->line);
        }
        *ret_root = mon_steal(&root);
        return 0;
}

static int compare_keys(const void *a, const void *b) {
        const YamlNode *x = *(YamlNode *const *)a, *y = *(YamlNode *const *)b;
        int order = strcmp(x->text, y->text);

        if (order == 0)
                order = (x->line > y->line) - (x->line < y->line);
        return order ? order : (x->column > y->column) - (x->column < y->column);
}

void yaml_each_duplicate(const YamlNode *node, YamlDuplicateFn *fn, void *userdata) {
        if (node->kind == YAML_MAP && node->n > 1) {
                mon_auto_free YamlNode **keys = mon_new_array(YamlNode *, node->n);
                memcpy(keys, node->keys, node->n * sizeof *keys);
                qsort(keys, node->n, sizeof *keys, compare_keys);
                for (size_t i = 1, first = 0; i < node->n; i++) {
                        if (text_is(keys[i]->text, keys[first]->text))
                                fn(userdata, keys[i], keys[first]);
                        else
                                first = i;
                }
        }
        for (size_t i = 0; i < node->n; i++)
                yaml_each_duplicate(node->items[i], fn, userdata);
}

YamlNode *yaml_get(const YamlNode *map, const char *key) {
        if (!map || map->kind != YAML_MAP)
                return NULL;
        for (size_t i = 0; i < map->n; i++)
                if (text_is(map->keys[i]->text, key))
                        return map->items[i];
        return NULL;
}

bool yaml_is_null(const YamlNode *node) {
        static const char *const words[] = {"", "~", "null", "Null", "NULL"};

        if (!node)
                return true;
        if (node->kind != YAML_SCALAR || node->quoted)
                return false;
        for (size_t i = 0; i < mon_count_of(words); i++)
                if (text_is(node->text, words[i]))
                        return true;
        return false;
}
