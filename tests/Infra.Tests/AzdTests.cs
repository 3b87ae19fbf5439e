using System.Text.RegularExpressions;
using Architecture.Tests;
using YamlDotNet.RepresentationModel;

namespace Infra.Tests;

/// <summary>Checks azure.yaml and the workflows against the files and resources that they name.</summary>
public sealed partial class AzdTests
{
    [Fact]
    public async Task Each_service_has_a_project_and_a_resource_with_its_name()
    {
        var services = (YamlMappingNode)Read("azure.yaml")["services"];
        var tagged = (await Snapshot.Dev).Of("Microsoft.Web/sites").Select(site => Snapshot.Text(site, "tags", "azd-service-name"))
            .ToList();

        Assert.Equal(tagged, services.Children.Keys.Select(name => name.ToString()));
        Assert.All(
            services.Children.Values,
            service => Assert.True(Directory.Exists(Path.Combine(Repository.Root, service["project"].ToString()))));
    }

    [Fact]
    public void Each_hook_is_a_file() =>
        Assert.All(
            ((YamlMappingNode)Read("azure.yaml")["hooks"]).Children.Values,
            hook => Assert.True(File.Exists(Path.Combine(Repository.Root, hook["run"].ToString()))));

    [Fact]
    public void Workflows_use_actions_at_a_fixed_commit()
    {
        var uses = Repository.Files(".github/workflows").SelectMany(file => ((YamlMappingNode)Read(file)["jobs"]).Children.Values)
            .SelectMany(job => (YamlSequenceNode)job["steps"]).OfType<YamlMappingNode>()
            .Where(step => step.Children.ContainsKey("uses")).Select(step => step["uses"].ToString()).ToList();

        Assert.NotEmpty(uses);
        Assert.All(uses, action => Assert.Matches("^[^@]+@[0-9a-f]{40}$", action));
    }

    /// <summary>A variable that the workflow omits would fall back to its default and turn off an option that is in use.</summary>
    [Fact]
    public void The_deploy_workflow_and_the_guide_name_each_variable_that_the_parameters_read()
    {
        var workflow = ((YamlMappingNode)Read(".github/workflows/deploy.yml")["jobs"]["deploy"]["env"]).Children;
        var guide = Repository.Text("docs/deploy.md");
        var read = Variable().Matches(Repository.Text("infra/main.bicepparam"))
            .Select(match => (Name: match.Groups[1].Value, Default: match.Groups[2].Value)).ToList();

        Assert.True(read.Count > 15);
        Repository.None(read.Where(variable => !workflow.TryGetValue(variable.Name, out var value)
            || (variable.Default.Length > 0 && !Default().IsMatch(value.ToString())
                && !value.ToString().StartsWith("${{ inputs.", StringComparison.Ordinal))));
        Repository.None(read.Where(variable => variable.Default.Length > 0 && workflow[variable.Name].ToString() is var value
            && Default().Match(value) is { Success: true } fallback && fallback.Groups[1].Value != variable.Default));
        Repository.None(
            read.Where(variable => variable.Name != "AZURE_ENV_NAME" && !guide.Contains(variable.Name, StringComparison.Ordinal)));
    }

    private static YamlMappingNode Read(string file)
    {
        var stream = new YamlStream();
        stream.Load(new StringReader(Repository.Text(file)));
        return (YamlMappingNode)stream.Documents[0].RootNode;
    }

    [GeneratedRegex(@"readEnvironmentVariable\('(\w+)'(?:, '([^']*)')?\)")]
    private static partial Regex Variable();

    [GeneratedRegex(@"\|\| '([^']+)'")]
    private static partial Regex Default();
}
