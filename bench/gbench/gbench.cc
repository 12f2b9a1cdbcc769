/* SPDX-License-Identifier: MIT */
/*
 * gbench.cc - the bridge to Google Benchmark: registers C functions as cases and reports their
 * runs. The only C++ of the project.
 *
 * The library asks for a number of iterations; all of them are passed to the C side as one batch,
 * whose time is reported by SetIterationTime (manual time).
 */
#include "bench/gbench/gbench.h"

#include <benchmark/benchmark.h>

namespace
{

using Run = benchmark::BenchmarkReporter::Run;

/* All that Google Benchmark asks for at once is one call: the clock is read around all of them. */
void body(benchmark::State &state, const gbench_case &c)
{
	const auto times = state.max_iterations;
	while (state.KeepRunningBatch(times)) {
		double seconds = 0;
		char why[256] = "failed";
		if (c.run(c.ctx, static_cast<uint64_t>(times), &seconds, why, sizeof why) != 0) {
			state.SkipWithError(why);
			return;
		}
		state.SetIterationTime(seconds * static_cast<double>(times));
	}
	const auto counter = [&](double amount) {
		return benchmark::Counter(amount, benchmark::Counter::kIsIterationInvariantRate);
	};
	if (c.items > 0)
		state.counters["items_per_second"] = counter(c.items);
	if (c.bytes > 0)
		state.counters["bytes_per_second"] = counter(c.bytes);
}

benchmark::internal::Benchmark *add(const gbench_case &c)
{
	return benchmark::RegisterBenchmark(c.name, [c](benchmark::State &state) {
		body(state, c);
	})->UseManualTime();
}

/* `error_occurred` up to 1.7, `skipped` since. */
template <class R> auto skipped(const R &run, int) -> decltype(bool(run.error_occurred))
{
	return run.error_occurred;
}
template <class R> auto skipped(const R &run, long) -> decltype(bool(run.skipped))
{
	return bool(run.skipped);
}

class Collector : public benchmark::BenchmarkReporter
{
      public:
	Collector(gbench_report_fn *report, void *ctx) : report_(report), ctx_(ctx)
	{
	}
	bool ReportContext(const Context &) override
	{
		return true;
	}
	void ReportRuns(const std::vector<Run> &runs) override
	{
		for (const Run &run : runs) {
			if (run.run_type != Run::RT_Iteration)
				continue;
			gbench_repetition r = {0, 0, skipped(run, 0)};
			if (!r.skipped && run.iterations > 0) {
				r.times = static_cast<uint64_t>(run.iterations);
				r.seconds = run.real_accumulated_time / static_cast<double>(run.iterations);
			}
			report_(ctx_, &r);
		}
	}

      private:
	gbench_report_fn *report_;
	void *ctx_;
};

} // namespace

void gbench_measure(const gbench_case *c, double seconds, uint64_t times, unsigned repetitions,
	gbench_report_fn *report, void *ctx)
{
	Collector collector(report, ctx);
	const auto added = add(*c)->Repetitions(static_cast<int>(repetitions));
	if (times)
		added->Iterations(static_cast<benchmark::IterationCount>(times));
	else
		added->MinTime(seconds);
	benchmark::RunSpecifiedBenchmarks(&collector);
	benchmark::ClearRegisteredBenchmarks();
}

void gbench_flags(int *argc, char **argv)
{
	benchmark::Initialize(argc, argv);
}

void gbench_register(const gbench_case *c)
{
	add(*c);
}

size_t gbench_run(void)
{
	const size_t matched = benchmark::RunSpecifiedBenchmarks();
	benchmark::Shutdown();
	return matched;
}
