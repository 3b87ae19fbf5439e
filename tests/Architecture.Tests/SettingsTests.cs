using System.Text.Json;
using System.Text.RegularExpressions;

namespace Architecture.Tests;

public sealed partial class SettingsTests
{
    // Settings that the Functions platform reads.
    private static readonly string[] Platform = ["FUNCTIONS_WORKER_RUNTIME", "AzureWebJobsStorage"];

    [Fact]
    public void The_example_lists_exactly_the_settings_that_the_code_reads()
    {
        var example = Values().Select(value => KeyName().Replace(value.Name, "Secrets__Keys"));

        Assert.Equal(Read().Order(StringComparer.Ordinal), example.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Example_values_are_the_defaults()
    {
        var values = Values().ToDictionary(value => value.Name, value => value.Value.GetString());

        Assert.All(Options().Where(option => option.Default is not (null or IReadOnlyDictionary<string, string>)), option =>
            Assert.Equal(option.Default!.ToString()!.ToLowerInvariant(), values[option.Setting]!.ToLowerInvariant()));
    }

    [Fact]
    public void Every_setting_is_explained_in_the_line_above()
    {
        var lines = Repository.Text("local.settings.example.json").Split('\n');

        Assert.All(Values(), value =>
        {
            var index = Array.FindIndex(lines, line => line.Contains($"\"{value.Name}\"", StringComparison.Ordinal));
            Assert.StartsWith("//", lines[index - 1].Trim());
        });
    }

    [Fact]
    public void Each_module_reads_its_settings_in_one_place() =>
        Repository.None(Repository.AppSources
            .Where(file => !file.EndsWith("Module.cs", StringComparison.Ordinal) && !file.Contains("/Platform/", StringComparison.Ordinal))
            .Where(file => LiteralKey().IsMatch(Repository.Text(file))));

    private static IEnumerable<string> Read()
    {
        var keys = Repository.AppSources.SelectMany(
            file => LiteralKey().Matches(Repository.Text(file))).Select(match => match.Groups[1].Value.Replace(":", "__"));
        return Platform.Concat(keys).Concat(Options().Select(option => option.Setting))
            .Concat(["ConnectionStrings__App", "ConnectionStrings__System"]).Distinct();
    }

    private static IEnumerable<(string Setting, object? Default)> Options() =>
        DeclaredSettings.All.Select(
            setting => (setting.Name, setting.Property.GetValue(Activator.CreateInstance(setting.Property.DeclaringType!))));

    private static List<JsonProperty> Values()
    {
        var lenient = new JsonDocumentOptions { CommentHandling = JsonCommentHandling.Skip };
        return
        [
            .. JsonDocument.Parse(Repository.Text("local.settings.example.json"), lenient).RootElement.GetProperty("Values")
                .EnumerateObject(),
        ];
    }

    [GeneratedRegex("""(?:configuration\[|Configuration\[|GetSection\()"([^"]+)""")]
    private static partial Regex LiteralKey();

    [GeneratedRegex("^Secrets__Keys__.+$")]
    private static partial Regex KeyName();
}
