"""A real MediaWiki, as Debian packages it, behind PHP's own server: a wiki of its own in a private folder, on SQLite.

The program is read where the package put it; its configuration, its database and its lock are in the folder."""

import os
import shutil
import subprocess
import tempfile
from pathlib import Path

import pytest

from support import wait
from support.nginx import free_port, is_listening

PROGRAM = Path("/usr/share/mediawiki")
PHP = Path("/usr/bin/php")
INSTALL_SECONDS_MAX = 60

needs_mediawiki = pytest.mark.skipif(
    not (PHP.exists() and (PROGRAM / "maintenance/install.php").exists()),
    reason="the packages mediawiki and php-sqlite3 are not installed (./dev deps --extra)")


class MediaWiki:
    def __init__(self):
        self.folder = Path(tempfile.mkdtemp(prefix="mond-mediawiki-"))
        self.port = free_port()
        self.lock_path = self.folder / "lock"
        self.server = None
        try:
            self._install()
            self._serve()
        except BaseException:
            self.close()
            raise

    def _install(self):
        """The package's own installer writes the configuration and the database."""
        (self.folder / "data").mkdir()
        command = [PHP, PROGRAM / "maintenance/install.php", "--dbtype", "sqlite", "--dbpath", self.folder / "data",
                   "--confpath", self.folder, "--scriptpath", "", "--server", f"http://127.0.0.1:{self.port}",
                   "--lang", "fr", "--pass", "un mot de passe d’essai", "Wiki des usagers", "Essai"]
        done = subprocess.run([str(part) for part in command], capture_output=True, text=True, check=False,
                              stdin=subprocess.DEVNULL, timeout=INSTALL_SECONDS_MAX)
        assert done.returncode == 0, done.stdout + done.stderr
        with open(self.folder / "LocalSettings.php", "a", encoding="utf-8") as settings:
            settings.write(f'$wgReadOnlyFile = "{self.lock_path}";\n$wgJobRunRate = 0;\n')

    def _serve(self):
        environment = os.environ | {"MW_CONFIG_FILE": str(self.folder / "LocalSettings.php"),
                                    "PHP_CLI_SERVER_WORKERS": "2"}
        self.log = open(self.folder / "log", "wb")
        self.server = subprocess.Popen([PHP, "-S", f"127.0.0.1:{self.port}", "-t", PROGRAM], env=environment,
                                       stdin=subprocess.DEVNULL, stdout=self.log, stderr=self.log,
                                       start_new_session=True)
        assert wait.until(lambda: is_listening(self.port)), (self.folder / "log").read_text()

    def url(self, title, **query):
        more = "".join(f"&{name}={value}" for name, value in query.items())
        return f"http://127.0.0.1:{self.port}/index.php?title={title}{more}"

    def lock(self, why):
        """Read-only by MediaWiki's own means: a file whose text is shown as the reason ($wgReadOnlyFile)."""
        new = self.folder / "new"
        new.write_text(why, encoding="utf-8")
        new.rename(self.lock_path)

    def unlock(self):
        self.lock_path.unlink()

    def close(self):
        if self.server:
            os.killpg(self.server.pid, 9)  # the workers are its children, and it leaves them behind
            self.server.wait()
            self.log.close()
        shutil.rmtree(self.folder, ignore_errors=True)
