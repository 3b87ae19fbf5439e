using Architecture.Tests;

namespace Infra.Tests;

/// <summary>Every rule of infra/bicepconfig.json is an error, and a compiler warning fails the run as well.</summary>
public sealed class BicepTests
{
    [Fact]
    public async Task Every_template_compiles_and_passes_the_linter_without_a_warning()
    {
        var run = await LintAsync(Path.Combine(Repository.Root, "infra"));

        Assert.True(run.IsClean, run.Diagnostics);
    }

    [Fact]
    public async Task Every_parameter_file_fits_its_template()
    {
        var outputs = Directory.CreateTempSubdirectory("relais-parameters-").FullName;
        var run = await BicepCli.RunAsync(null, "build-params", "--pattern", $"{Repository.Root}/infra/*.bicepparam", "--outdir", outputs);

        Assert.True(run.IsClean, run.Diagnostics);
        Assert.Equal(
            ["dev.json", "main.json", "prod.json"], Directory.GetFiles(outputs).Select(Path.GetFileName).Order(StringComparer.Ordinal));
    }

    /// <summary>
    /// Azure refuses to change the start date of a budget, so a date computed by a template would fail in the next month.
    /// </summary>
    [Theory]
    [InlineData("")]
    [InlineData("2026-11-30")]
    [InlineData("11-01")]
    public async Task A_budget_must_start_on_the_first_day_of_a_month(string start)
    {
        var environment = new Dictionary<string, string>(BicepCli.Environment)
        {
            ["RELAIS_MONTHLY_BUDGET"] = "200",
            ["RELAIS_BUDGET_START"] = start,
        };

        var run = await BicepCli.RunAsync(environment, "build-params", Path.Combine(Repository.Root, "infra/prod.bicepparam"), "--stdout");

        Assert.NotEqual(0, run.ExitCode);
        Assert.Contains("Set RELAIS_BUDGET_START", run.Diagnostics, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_broken_template_fails()
    {
        (string File, string Right, string Wrong, string Code)[] faults =
        [
            ("modules/storage.bicep", "allowSharedKeyAccess: false", "allowSharedKeyAccess: falsch", "BCP057"),
            ("modules/database.bicep", "passwordAuth: 'Disabled'", "passwordAuth: 7", "BCP036"),
            ("modules/budget.bicep", "param name string", "param name string\nparam unused string", "no-unused-params"),
            ("modules/vault.bicep", "enableSoftDelete: true", "enableSoftDeletion: true", "BCP089"),
        ];
        var copy = BicepCli.Copy();
        foreach (var fault in faults)
        {
            var path = Path.Combine(copy, fault.File);
            var text = await File.ReadAllTextAsync(path);
            Assert.Contains(fault.Right, text, StringComparison.Ordinal);
            await File.WriteAllTextAsync(path, text.Replace(fault.Right, fault.Wrong, StringComparison.Ordinal));
        }

        var run = await BicepCli.RunAsync(null, "lint", "--pattern", $"{copy}/modules/*.bicep");

        Assert.False(run.IsClean);
        Assert.All(faults, fault => Assert.Matches($@"{Path.GetFileName(fault.File)}\(.*{fault.Code}", run.Diagnostics));
        Directory.Delete(copy, recursive: true);
    }

    [Fact]
    public void Only_modules_of_this_repository_are_used() =>
        Repository.None(Repository.Files("infra", "*.bicep").Where(file => Repository.Text(file).Contains("'br:", StringComparison.Ordinal)
            || Repository.Text(file).Contains("'br/", StringComparison.Ordinal)
                || Repository.Text(file).Contains("'ts:", StringComparison.Ordinal)));

    private static Task<BicepRun> LintAsync(string folder) => BicepCli.RunAsync(null, "lint", "--pattern", $"{folder}/**/*.bicep");
}
