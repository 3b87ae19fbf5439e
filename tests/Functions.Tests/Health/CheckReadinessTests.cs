using System.Diagnostics;
using Functions.Tests.Webhooks;
using Microsoft.Extensions.Logging.Abstractions;
using Relais.Health;
using Relais.Platform.Http;

namespace Functions.Tests.Health;

public sealed class CheckReadinessTests
{
    private const string Secret = "Host=10.0.0.7;Password=hunter2";
    private static readonly TimeSpan Tolerance = TimeSpan.FromSeconds(10);

    [Fact]
    public async Task Review_B19_An_app_whose_dependencies_answer_is_ready()
    {
        var view = await Check(new Fake("database"), new Fake("storage")).RunAsync();

        Assert.True(view.IsReady);
        Assert.Equal(
            """{"status":"ready","dependencies":[{"name":"database","state":"ok"},{"name":"storage","state":"ok"}]}""",
            Json.Write(view));
    }

    [Fact]
    public async Task Review_B19_A_failing_dependency_is_named_without_the_reason()
    {
        var view = await Check(new Fake("database") { Fails = new TimeoutException(Secret) }, new Fake("storage")).RunAsync();

        Assert.False(view.IsReady);
        Assert.Equal(
            """{"status":"not_ready","dependencies":[{"name":"database","state":"unavailable"},{"name":"storage","state":"ok"}]}""",
            Json.Write(view));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Review_B19_Hanging_dependencies_time_out_in_parallel_after_two_seconds(bool observesToken)
    {
        var clock = Stopwatch.StartNew();

        var view = await Check(
            new Fake("database") { Hangs = true, ObservesToken = observesToken },
            new Fake("storage") { Hangs = true, ObservesToken = observesToken }).RunAsync();

        Assert.InRange(clock.Elapsed, TimeSpan.FromSeconds(1.9), CheckReadiness.Timeout + Tolerance);
        Assert.All(view.Dependencies, dependency => Assert.Equal(DependencyView.TimedOut, dependency.State));
    }

    [Fact]
    public async Task Review_B19_Concurrent_probes_share_one_check()
    {
        var release = new TaskCompletionSource();
        var database = new Fake("database") { WaitsFor = release.Task };
        var check = Check(database);
        var probes = Enumerable.Range(0, 200).Select(_ => Task.Run(check.RunAsync)).ToList();
        await Relais.Kit.Wait.UntilAsync(() => database.CheckCount == 1);
        release.SetResult();

        Assert.All(await Task.WhenAll(probes), view => Assert.True(view.IsReady));
        Assert.Equal(1, database.CheckCount);
    }

    [Theory]
    [InlineData(0.9, 1)]
    [InlineData(1.1, 2)]
    public async Task Review_B19_A_result_is_cached_for_a_second(double seconds, int checks)
    {
        var time = new SteppedClock();
        var database = new Fake("database");
        var check = new CheckReadiness([database], time, NullLogger<CheckReadiness>.Instance);

        await check.RunAsync();
        time.Step(TimeSpan.FromSeconds(seconds));
        database.Fails = new TimeoutException();
        var view = await check.RunAsync();

        Assert.Equal((checks, checks == 1), (database.CheckCount, view.IsReady));
    }

    private static CheckReadiness Check(params IDependency[] dependencies) =>
        new(dependencies, TimeProvider.System, NullLogger<CheckReadiness>.Instance);

    private sealed class Fake(string name) : IDependency
    {
        private int checks;

        public string Name => name;

        public int CheckCount => checks;

        public Exception? Fails { get; set; }

        public bool Hangs { get; init; }

        /// <summary>True if a hanging check observes its cancellation token.</summary>
        public bool ObservesToken { get; init; } = true;

        public Task WaitsFor { get; init; } = Task.CompletedTask;

        public async Task CheckAsync(CancellationToken ct)
        {
            Interlocked.Increment(ref checks);
            await WaitsFor;
            if (Hangs)
            {
                await Task.Delay(TimeSpan.FromSeconds(30), ObservesToken ? ct : CancellationToken.None);
            }

            if (Fails is not null)
            {
                throw Fails;
            }
        }

        public bool IsUnavailable(Exception failure) => failure == Fails;
    }
}
