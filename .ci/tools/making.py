"""What the scripts need made before they measure or break something: packages, a release, the load generator."""

import os, shutil, subprocess, sys

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
# Debian's names of what a build needs.
BUILD = ["git", "pkg-config", "libncurses-dev", "libsqlite3-dev", "libpq-dev"]


def install(*packages):
    """Installs Debian packages, those that are missing; ends with the installer's sentence if it cannot."""
    made = subprocess.run([os.path.join(ROOT, ".ci", "install"), *packages], stdout=sys.stderr)
    if made.returncode:
        sys.exit(made.returncode)


def release():
    """Builds the product as it is measured, with Swift's library in it, and says where it is."""
    command = ["swift", "build", "-c", "release", "--product", "signalbox", "--static-swift-stdlib"]
    subprocess.run(command, cwd=ROOT, check=True, stdout=sys.stderr)
    path = subprocess.run(command + ["--show-bin-path"], cwd=ROOT, check=True, capture_output=True, text=True)
    return os.path.join(path.stdout.strip(), "signalbox")


def load_generator(directory, tls=False):
    """Compiles mqload into `directory` with the toolchain's own compiler, and says where it is."""
    path = os.path.join(directory, "mqload")
    words = [shutil.which("clang") or "cc", "-O2", "-Wno-misleading-indentation", "-o", path,
             os.path.join(ROOT, ".ci", "tools", "mqload.c")]
    subprocess.run(words + (["-DUSE_TLS", "-lssl", "-lcrypto"] if tls else []), check=True)
    return path
