namespace Relais.Conformance.Tests;

public sealed class ConformanceTests(ConformanceRun run) : IClassFixture<ConformanceRun>
{
    [Fact]
    public void Nineteen_of_twenty_scenarios_give_the_recorded_result() =>
        Assert.InRange(run.Outcomes.Count(outcome => outcome.Same), Math.Ceiling(run.Outcomes.Count * 0.95), run.Outcomes.Count);

    [Fact]
    public void Whatever_deviates_is_listed_with_its_reason()
    {
        var unlisted = run.Outcomes.Where(outcome => !outcome.Same && !run.Deviations.Known.ContainsKey(outcome.Name))
            .Select(outcome => outcome.Name).ToList();

        Assert.True(unlisted.Count == 0, run.Report(unlisted));
    }

    [Fact]
    public void Whatever_is_listed_still_deviates() =>
        Assert.DoesNotContain(run.Outcomes, outcome => outcome.Same && run.Deviations.Known.ContainsKey(outcome.Name));
}
