"""What the lint's rules go by: which folder is on which layer, which file is a library's door, what nobody calls."""

# Layer and group of each file, first match wins. A file includes lower layers and its own group, nothing else.
LAYERS = [
    ("probes/probe.h", 2, "probe"),
    ("daemon/notify/driver.h", 2, "notifier"),
    ("daemon/base/*", 0, "base"),
    ("daemon/model/*", 1, "model"),
    ("daemon/core/*", 2, "core"),
    ("probes/page/*", 2, "page"),
    ("daemon/net/*", 2, "net"),
    ("daemon/sys/*", 2, "sys"),
    ("daemon/text/*", 2, "text"),
    ("config/*", 3, "config"),
    ("probes/*", 3, "probes"),
    ("daemon/store/*", 3, "store"),
    ("daemon/view/*", 4, "view"),
    ("daemon/evidence/*", 4, "evidence"),
    ("daemon/notify/*", 4, "notify"),
    ("daemon/api/*", 5, "api"),
    ("daemon/monctl/*", 6, "monctl"),
    ("daemon/*", 6, "daemon"),
    ("tests/*", 7, "tests"),
]

# The command line is on the top layer, but it is a program of its own and leaves the daemon's insides alone.
MONCTL_MAY_INCLUDE = {"base", "model", "core", "text", "net", "page", "store", "view", "evidence", "monctl"}
MONCTL_MAY_INCLUDE_FILES = {"config/lexicon.h"}

# Headers made by the build, by file name.
GENERATED_HEADERS = ["build-config.h", "*-embedded.h", "*.inc"]

# A library's headers (first part of the name) and the files that may see them.
VENDORS = {
    "event2/": ["daemon/base/loop.c", "daemon/api/*", "tests/lib/*"],
    "curl/": ["daemon/net/fetch*.c", "daemon/net/pool.[ch]", "daemon/net/post.c", "daemon/net/smtp.c",
              "daemon/net/url.c", "daemon/monctl/client.c"],
    "ares": ["daemon/net/dns_*.[ch]", "daemon/net/resolve.c"],
    "libpsl.h": ["daemon/net/url.c"],
    "yaml.h": ["daemon/base/yaml.c"],
    "libxml/": ["probes/page/*.c"],
    "utf8proc.h": ["probes/page/*.c", "daemon/monctl/table.c"],
    "pcre2.h": ["probes/page/*.c"],
    "jansson.h": ["daemon/base/json.h"],
    "openssl/": ["daemon/base/digest.c", "daemon/net/cert.[ch]", "tests/lib/*"],
    "xxhash.h": ["daemon/base/digest.c"],
    "glib.h": ["daemon/base/zone.c"],
    "zstd.h": ["daemon/store/blobs.c"],
    "sqlite3.h": ["daemon/store/*", "tests/unit/test_store*.c", "tests/unit/test_flow.c", "tests/scenario/*",
                  "tests/bench/bench_store.c"],
    "systemd/": ["daemon/sys/*"],
    "cmocka.h": ["tests/*"],
    "zlib.h": ["tests/lib/*"],
}

# How many files of a group may open one library's door: a door that is everywhere is none.
VENDOR_FILES_MAX = {"libxml/": 5, "utf8proc.h": 4, "pcre2.h": 3}

# The C library's and the kernel's own headers. What is neither here nor a vendor's has no door yet.
PLATFORM_HEADERS = set(
    """assert ctype dirent errno fcntl fnmatch ftw getopt glob grp inttypes langinfo limits locale math poll pwd regex
    setjmp signal stdarg stdatomic stdbool stddef stdint stdio stdio_ext stdlib string strings termios threads time
    unistd wchar pthread sched syslog malloc ifaddrs netdb spawn sysexits byteswap endian""".split())
PLATFORM_FOLDERS = ("sys/", "net/", "netinet/", "arpa/", "linux/", "bits/")

# Nobody reads a clock, sleeps or rolls dice but the clock.
CLOCK_HOME = ["daemon/base/clock.c"]
CLOCK_CALLS = """time gettimeofday clock_gettime clock ftime sleep usleep nanosleep clock_nanosleep rand rand_r srand
    random srandom drand48 lrand48 arc4random getrandom getentropy thrd_sleep""".split()
TIMER_HOME = ["daemon/base/loop.c"]
TIMER_CALLS = ["timerfd_create", "timer_create", "setitimer", "alarm"]

# Nobody calls these at all: unbounded, with hidden state, or by way of a shell.
BANNED_CALLS = """strcpy strcat sprintf vsprintf gets stpcpy atoi atol atoll atof strtok gmtime localtime asctime ctime
    strerror system popen alloca tmpnam tempnam mktemp longjmp""".split()

# Input in, output out: no files, sockets, environment, clock or log.
PURE_FILES = ["daemon/core/*", "probes/page/*", "daemon/text/*", "daemon/model/*", "daemon/base/text.[ch]",
              "daemon/base/json.[ch]", "daemon/base/yaml.[ch]", "daemon/base/map.[ch]", "daemon/base/list.[ch]",
              "daemon/base/timers.[ch]", "daemon/base/digest.[ch]", "config/diff.[ch]",
              "probes/outages_feed.[ch]"]
PURE_BANNED_CALLS = """open openat fopen fdopen creat read write pread pwrite close unlink rename stat fstat lstat
    opendir mmap printf fprintf vprintf vfprintf puts fputs putc putchar perror fread fwrite fgets getline socket
    connect bind listen accept send sendto sendmsg recv recvfrom recvmsg poll select epoll_wait getenv setenv
    secure_getenv fork execve execv waitpid kill syslog log_fields log_error log_warning log_notice log_info log_debug
    clock_at_boot clock_at_real clock_at_monotonic clock_random exit _exit getaddrinfo pthread_create""".split()
PURE_BANNED_HEADERS = ["daemon/base/log.h", "daemon/base/loop.h", "unistd.h", "fcntl.h", "sys/socket.h", "poll.h",
                       "syslog.h", "netdb.h", "dirent.h"]

# The log's sink is the program's one setting that everything under it shares.
GLOBAL_STATE_HOME = ["daemon/base/log.c"]

FILE_LINES_MAX = 600
FUNCTION_LINES_MAX = 70
LINE_COLUMNS_MAX = 120
LITERAL_BOUND_MAX = 255  # a larger number in an array's or a buffer's size wants a name

# Written so that this file does not hold the words itself.
FORBIDDEN_WORDS = ["TO" + "DO", "FIX" + "ME", "X" + "XX", "place" + "holder"]
