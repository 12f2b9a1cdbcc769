# SPDX-License-Identifier: MIT
# package.py - the Spack recipe. `git` is where you have parscale from; then `spack install parscale@main`.
from spack_repo.builtin.build_systems.makefile import MakefilePackage

from spack.package import *


class Parscale(MakefilePackage):
    """Measures how fast a machine's cores are, how work scales over them, and what processes cost compared with
    threads: verified kernels on OpenMP, POSIX threads, forked processes, fresh programs and MPI ranks."""

    git = "https://example.org/parscale.git"

    license("MIT")

    version("main", branch="main")

    variant("openmp", default=True, description="back end openmp")
    variant("hwloc", default=True, description="topology by hwloc")
    variant("zlib", default=True, description="inputs compressed by gzip")
    variant("benchmark", default=False, description="Google Benchmark as a meter")
    variant("mpi", default=False, description="back end mpi")

    depends_on("c", type="build")
    depends_on("cxx", type="build", when="+benchmark")
    depends_on("gmake", type="build")
    depends_on("jansson")
    depends_on("hwloc", when="+hwloc")
    depends_on("zlib-api", when="+zlib")
    depends_on("benchmark", when="+benchmark")
    depends_on("mpi", when="+mpi")
    depends_on("gnuplot", type="run")

    def flags(self):
        chosen = [
            f"WITH_{name.upper()}={1 if self.spec.satisfies('+' + name) else 0}"
            for name in ("openmp", "hwloc", "zlib", "benchmark", "mpi")
        ]
        return ["CC=cc", "CXX=c++", f"PREFIX={self.prefix}"] + chosen

    def build(self, spec, prefix):
        make(*self.flags(), "all", "guides")

    def install(self, spec, prefix):
        make(*self.flags(), "install")

    @run_after("install")
    def finds_its_files(self):
        Executable(self.prefix.bin.parscale)("sweep", "--dry-run")
