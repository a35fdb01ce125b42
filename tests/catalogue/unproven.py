"""The standard library's entries that no test runs, and why not."""

from __future__ import annotations

from typing import Final

UNPROVEN: Final[dict[str, tuple[str, ...]]] = {
    "reads or writes a file that was opened before, as other entries of its kind do": (
        "compression.zstd.ZstdFile",
        "dbm.whichdb",
        "ftplib.FTP.mlsd",
        "mmap.mmap",
        "pathlib.PosixPath",
        "sqlite3.Blob",
        "sqlite3.Connection.iterdump",
        "subprocess.Popen.stdin",
        "tarfile.ExFileObject",
        "tempfile._TemporaryFileWrapper",
        "wave.Wave_read",
        "wave.Wave_write",
        "zipfile.Path",
        "zipfile.ZipExtFile",
    ),
    "brief: it asks the system for something small, which nothing announces": (
        "importlib.resources.abc.Traversable",
        "importlib.resources.as_file",
        "importlib.resources.contents",
        "linecache.checkcache",
        "gettext.find",
        "logging.handlers.SysLogHandler",
        "os.DirEntry",
        "os.fdopen",
        "os.path.exists",
        "pwd.getpwnam",
        "ssl.create_default_context",
    ),
    "brief: how long it computes depends on what it is given": (
        "gc.collect",
        "json.loads",
        "xml.etree.ElementTree.fromstring",
        "zlib.compress",
    ),
    "changes settings of the process that runs the tests": (
        "logging.basicConfig",
        "logging.config.dictConfig",
        "unittest.main",
    ),
    "not in every supported version of Python": (
        "asyncore.loop",
        "compression.zstd.open",
        "crypt.crypt",
        "imghdr.what",
        "importlib.resources.open_text",
        "importlib.resources.read_binary",
        "nntplib.NNTP",
        "ssl.wrap_socket",
        "telnetlib.Telnet",
        "urllib.request.URLopener",
    ),
    "of another operating system": ("msvcrt.getch", "msvcrt.locking", "select.kqueue"),
    "waits for any child, also for those of other tests; os.waitpid is run": (
        "os.wait",
        "os.wait3",
    ),
    "locks belong to the process, so that it cannot wait for itself": ("os.lockf",),
    "starts processes that start the tests anew, or forks them with their threads": (
        "multiprocessing.Manager",
        "multiprocessing.Pool",
        "multiprocessing.context.BaseContext",
        "multiprocessing.managers.BaseManager",
        "multiprocessing.managers.SyncManager",
        "os.fork",
    ),
    "needs a debugger's, a screen's or a browser's terminal": (
        "builtins.breakpoint",
        "curses.window",
        "pdb.Pdb",
        "pdb.run",
        "pty.spawn",
        "webbrowser.BaseBrowser",
        "webbrowser.open",
    ),
    "installs packages": ("ensurepip.bootstrap", "venv.EnvBuilder"),
    "remembers its answer, so that only the first call starts a process": (
        "platform.platform",
        "uuid.getnode",
    ),
    "hands over descriptors, and waits as socket.socket.recvmsg does": ("socket.recv_fds",),
}
"""Why → the first name of each entry."""
