# SPDX-License-Identifier: MIT
"""A ReFrame check: builds parscale, measures one kernel, and gives its speed as a performance variable.

    reframe -c scripts/cluster/reframe_parscale.py -r

Needs ReFrame 4. The answer is verified by parscale itself, which exits with status 0 only then.
"""
import os

import reframe as rfm
import reframe.utility.sanity as sn


@rfm.simple_test
class ParscaleSieve(rfm.RegressionTest):
    descr = 'primes up to 10^10 on all CPUs of a node'
    valid_systems = ['*']
    valid_prog_environs = ['*']
    sourcesdir = os.path.join(os.path.dirname(__file__), '..', '..')
    build_system = 'Make'
    backend = parameter(['openmp', 'fork'])
    executable = 'build/parscale'
    exclusive_access = True

    @run_before('compile')
    def set_target(self):
        self.build_system.options = ['build/parscale']

    @run_before('run')
    def set_arguments(self):
        processor = self.current_partition.processor
        self.num_cpus_per_task = processor.num_cpus or 1
        self.executable_opts = ['run', 'sieve', '--stop', '1e10', '--backend', self.backend,
                                '--workers', str(self.num_cpus_per_task), '--format', 'json']

    @sanity_function
    def is_verified(self):
        return sn.all([
            sn.assert_found(r'"count": 455052511\b', self.stdout),
            sn.assert_found(r'"status": "ok"', self.stdout),
        ])

    @performance_function('s')
    def seconds(self):
        return sn.min(sn.extractall(r'"seconds": (\S+),', self.stdout, 1, float))
