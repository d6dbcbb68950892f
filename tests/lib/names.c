#include "tests/lib/names.h"

#include "daemon/base/error.h"
#include "daemon/base/map.h"
#include "daemon/base/text.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <sys/socket.h>
#include <unistd.h>

#define NAMES_PACKET_MAX 512
#define NAMES_TYPE_A 1
#define NAMES_TYPE_CNAME 5
#define NAMES_TYPE_AAAA 28

typedef struct NameRow {
        NameAnswer answer;
        char *addresses;
} NameRow;

struct NameServer {
        Loop *loop;
        LoopIo *io;
        int fd;
        char place[32];
        Map rows;
        unsigned questions;
};

typedef struct Packet {
        uint8_t bytes[NAMES_PACKET_MAX];
        size_t n;
} Packet;

static void put_bytes(Packet *packet, const void *bytes, size_t n) {
        if (packet->n + n > sizeof packet->bytes)
                return;
        memcpy(packet->bytes + packet->n, bytes, n);
        packet->n += n;
}

static void put_16(Packet *packet, unsigned value) {
        uint8_t bytes[2] = {(uint8_t)(value >> 8), (uint8_t)value};

        put_bytes(packet, bytes, sizeof bytes);
}

/* The question's name as text; its type; the offset behind it. */
static bool read_question(const uint8_t *bytes, size_t n, char ret_name[256], unsigned *ret_type, size_t *ret_end) {
        size_t at = 12, len = 0;

        while (at < n && bytes[at] != 0) {
                size_t label = bytes[at++];
                if (label > 63 || at + label > n || len + label + 2 > 256)
                        return false;
                if (len > 0)
                        ret_name[len++] = '.';
                memcpy(ret_name + len, bytes + at, label);
                len += label;
                at += label;
        }
        if (at + 5 > n)
                return false;
        ret_name[len] = '\0';
        *ret_type = (unsigned)bytes[at + 1] << 8 | bytes[at + 2];
        *ret_end = at + 5;
        return true;
}

/* One record for the question's own name (a pointer to offset 12), kept for no time. */
static void put_record(Packet *packet, unsigned type, const void *data, size_t n) {
        put_16(packet, 0xc00c);
        put_16(packet, type);
        put_16(packet, 1);
        put_16(packet, 0);
        put_16(packet, 0);
        put_16(packet, (unsigned)n);
        put_bytes(packet, data, n);
        packet->bytes[7]++;
}

/* The name label by label, as it stands in a message. */
static void put_alias(Packet *packet, const char *name) {
        uint8_t data[NAMES_PACKET_MAX];
        size_t n = 0;

        while (*name && n + 64 < sizeof data) {
                size_t label = strcspn(name, ".");
                data[n++] = (uint8_t)label;
                memcpy(data + n, name, label);
                n += label;
                name += label + (name[label] == '.');
        }
        data[n++] = 0;
        put_record(packet, NAMES_TYPE_CNAME, data, n);
}

static void put_addresses(Packet *packet, const char *addresses, unsigned type) {
        mon_auto_free char *list = mon_strdup(addresses ? addresses : "");
        char *rest = list;

        for (char *word = strsep(&rest, " "); word; word = strsep(&rest, " ")) {
                struct in6_addr number;
                if (type == NAMES_TYPE_A && inet_pton(AF_INET, word, &number) == 1)
                        put_record(packet, type, &number, 4);
                else if (type == NAMES_TYPE_AAAA && inet_pton(AF_INET6, word, &number) == 1)
                        put_record(packet, type, &number, 16);
                else if (type == NAMES_TYPE_CNAME && word[0] == '=')
                        put_alias(packet, word + 1);
        }
}

static unsigned code_of(NameAnswer answer) {
        return answer == NAME_NXDOMAIN ? 3 : answer == NAME_SERVFAIL ? 2 : answer == NAME_REFUSED ? 5 : 0;
}

static void make_answer(const NameRow *row, const uint8_t *question, size_t end, unsigned type, Packet *ret_packet) {
        const uint8_t to_itself[2] = {0xc0, 0x0c};
        NameAnswer answer = row ? row->answer : NAME_NXDOMAIN;
        Packet packet = {0};

        put_bytes(&packet, question, end);
        packet.bytes[2] = 0x81; /* an answer, recursion desired */
        packet.bytes[3] = (uint8_t)(0x80 | code_of(answer));
        memset(packet.bytes + 4, 0, 8);
        packet.bytes[5] = 1;
        if (answer == NAME_ADDRESSES)
                put_addresses(&packet, row->addresses, type);
        else if (answer == NAME_LOOP)
                put_record(&packet, NAMES_TYPE_CNAME, to_itself, sizeof to_itself);
        else if (answer == NAME_GARBAGE)
                packet.n = 7;
        *ret_packet = packet;
}

static void on_question(int fd, unsigned ready, void *userdata) {
        NameServer *server = userdata;
        struct sockaddr_in from;
        socklen_t from_len = sizeof from;
        uint8_t bytes[NAMES_PACKET_MAX];
        char name[256];
        unsigned type;
        size_t end;
        Packet packet;

        (void)ready;
        ssize_t n = recvfrom(fd, bytes, sizeof bytes, 0, (struct sockaddr *)&from, &from_len);
        if (n < 12 || !read_question(bytes, (size_t)n, name, &type, &end))
                return;
        server->questions++;
        const NameRow *row = map_get(&server->rows, name);
        if (!row)
                row = map_get(&server->rows, "*");
        if (row && row->answer == NAME_SILENT)
                return;
        make_answer(row, bytes, end, type, &packet);
        (void)!sendto(fd, packet.bytes, packet.n, 0, (struct sockaddr *)&from, from_len);
}

int name_server_new(Loop *loop, NameServer **ret_server) {
        mon_cleanup(name_server_free_p) NameServer *server = mon_new(NameServer);
        struct sockaddr_in place = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
        socklen_t len = sizeof place;

        server->loop = loop;
        server->fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
        if (server->fd < 0 || bind(server->fd, (struct sockaddr *)&place, sizeof place) < 0 ||
            getsockname(server->fd, (struct sockaddr *)&place, &len) < 0)
                return mon_errno();
        (void)snprintf(server->place, sizeof server->place, "127.0.0.1:%d", ntohs(place.sin_port));
        int r = loop_io_new(loop, server->fd, LOOP_READ, on_question, server, &server->io);
        if (r < 0)
                return r;
        *ret_server = mon_steal(&server);
        return 0;
}

static void row_free(NameRow *row) {
        if (row)
                free(row->addresses);
        free(row);
}

void name_server_free(NameServer *server) {
        if (!server)
                return;
        loop_io_free(server->io);
        if (server->fd >= 0)
                (void)close(server->fd);
        map_each (&server->rows, slot)
                row_free(slot->value);
        map_fini(&server->rows);
        free(server);
}

const char *name_server_place(const NameServer *server) {
        return server->place;
}

void name_server_set(NameServer *server, const char *name, NameAnswer answer, const char *addresses) {
        NameRow *row = mon_new(NameRow);

        *row = (NameRow){.answer = answer, .addresses = mon_strdup(addresses)};
        row_free(map_get(&server->rows, name));
        map_set(&server->rows, name, row);
}

unsigned name_server_questions(const NameServer *server) {
        return server->questions;
}
