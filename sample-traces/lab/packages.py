"""Packages of the guest's architecture without a foreign one on this host: apt with folders of its own, then dpkg-deb -x."""
import functools
import os
import re
import subprocess

from places import WORK, say

SUITES = ("trixie", "trixie-backports", "sid")
MIRROR = "http://deb.debian.org/debian"
KEYRING = "/usr/share/keyrings/debian-archive-keyring.gpg"
# Other flavours of the same kernel.
OTHER = re.compile(r"-(rt|cloud|16k|dbg|unsigned)\b")


class Skipped(Exception):
    """Something the archive does not have: said, and passed over."""


class Apt:
    def __init__(self, arch):
        self.arch = arch
        root = os.path.join(WORK, f"apt-{arch.name}")
        for folder in ("lists/partial", "cache/archives/partial", "debs"):
            os.makedirs(os.path.join(root, folder), exist_ok=True)
        self.debs = os.path.join(root, "debs")
        status, sources = os.path.join(root, "status"), os.path.join(root, "sources.list")
        open(status, "a").close()
        with open(sources, "w") as file:
            for suite in SUITES:
                file.write(f"deb [signed-by={KEYRING}] {MIRROR} {suite} main\n")
        self.options = [word for setting in (
            f"Dir::Etc::sourcelist={sources}", "Dir::Etc::sourceparts=/dev/null", f"Dir::State::Lists={root}/lists",
            f"Dir::State::status={status}", f"Dir::Cache={root}/cache", f"APT::Architecture={arch.name}",
            f"APT::Architectures={arch.name}", "APT::Sandbox::User=root",
            # A mirror that stands still is as good; signatures are checked all the same.
            "Acquire::Check-Valid-Until=false",
        ) for word in ("-o", setting)]
        if not any(name.endswith("_Packages") or "_Packages." in name for name in os.listdir(f"{root}/lists")):
            self.update()
        self.names = set(self._run("apt-cache", "pkgnames", "linux-").split())

    def _run(self, tool, *words, cwd=None):
        done = subprocess.run([tool, *self.options, *words], cwd=cwd, capture_output=True, text=True)
        if done.returncode:
            raise Skipped(f"{tool} {' '.join(words)}: {done.stderr.strip()}")
        return done.stdout

    def update(self):
        say("reading the package lists of " + ", ".join(SUITES))
        self._run("apt-get", "update")

    def fetch(self, *packages):
        """Downloads what is not here yet; returns the files and what to write down of each."""
        found = []
        for package in packages:
            field = dict(re.findall(r"^(Version|SHA256): (.+)$", self.show(package), re.M))
            deb = self._file(package, field["Version"])
            if not deb:
                say(f"fetching {package} {field['Version']}")
                self._run("apt-get", "download", package, cwd=self.debs)
                deb = self._file(package, field["Version"])
            found.append((deb, {"package": package, "version": field["Version"], "sha256": field["SHA256"]}))
        return found

    def show(self, package):
        return self._run("apt-cache", "show", "--no-all-versions", package)

    def _file(self, package, version):
        """The downloaded package; apt escapes an epoch's colon in its name."""
        start = f"{package}_{version.replace(':', '%3a')}_"
        return next((os.path.join(self.debs, name) for name in os.listdir(self.debs) if name.startswith(start)), None)

    def unpack(self, packages, root):
        """Fetches and unpacks into `root`; returns what to write down."""
        notes = []
        for deb, note in self.fetch(*packages):
            subprocess.run(["dpkg-deb", "-x", deb, root], check=True)
            notes.append(note)
        return notes

    def releases(self, series=None):
        """Kernel releases (as `uname -r` says) that can be booted, oldest first; of `series` ("6.17", "7.3.4") only."""
        found = []
        for name in self.names:
            release = re.fullmatch(rf"linux-(?:image|binary)-(\d[\w.+~]*-{self.arch.name})", name)
            if not release or OTHER.search(name) or not self._usable(release[1]):
                continue
            if series in (None, "newest", release[1]) or re.match(re.escape(series) + r"[.+-]", release[1]):
                found.append(release[1])
        return sorted(set(found), key=version)

    def _usable(self, release):
        if version(release) < (6, 19):
            return f"linux-image-{release}" in self.names
        return all(f"linux-{part}-{release}" in self.names for part in ("binary", "modules", "base"))

    @staticmethod
    def parts(release):
        """The packages that make up a kernel: one up to 6.18, three since."""
        if version(release) < (6, 19):
            return [f"linux-image-{release}"]
        return [f"linux-{part}-{release}" for part in ("binary", "modules", "base")]

    def choose(self, series):
        """The newest release of a series."""
        releases = self.releases(series)
        if not releases:
            raise Skipped(f"the archive has no usable {self.arch.name} kernel {series} now")
        return releases[-1]


# One a kind of guest: its lists are read once.
archive = functools.cache(Apt)


def version(release):
    return tuple(int(n) for n in re.findall(r"\d+", release.split("+")[0].split("-")[0]))
