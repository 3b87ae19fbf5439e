using System.Reflection;
using System.Text.RegularExpressions;
using Microsoft.Azure.Functions.Worker;
using Relais.Access;
using Relais.OpenApi;
using Relais.Platform.Queues;

namespace Architecture.Tests;

public sealed partial class FunctionTests
{
    private static readonly MethodInfo[] Functions = [.. Repository.AppTypes
        .SelectMany(type => type.GetMethods(BindingFlags.Public | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly))
        .Where(method => method.IsDefined(typeof(FunctionAttribute)))];

    private static readonly string[] QueueNamesInUse =
    [
        .. typeof(QueueNames).GetFields(BindingFlags.Public | BindingFlags.Static).Select(field => (string)field.GetRawConstantValue()!),
    ];

    [Fact]
    public void Every_http_function_has_an_access_rule()
    {
        var http = Functions.Where(method => Trigger<HttpTriggerAttribute>(method) is not null).ToList();

        Assert.NotEmpty(http);
        Repository.None(http.Where(method => AccessRules.ReadRule(method) is AccessRule.Undeclared).Select(method => method.Name));
        Assert.All(http, method => Assert.Equal(AuthorizationLevel.Anonymous, Trigger<HttpTriggerAttribute>(method)!.AuthLevel));
    }

    [Fact]
    public void Only_http_functions_have_an_access_rule() =>
        Repository.None(Functions.Where(method => Trigger<HttpTriggerAttribute>(method) is null
            && (method.IsDefined(typeof(RequireAttribute)) || method.IsDefined(typeof(PublicAttribute)))));

    [Fact]
    public void No_two_functions_share_a_name() =>
        Repository.None(
            Functions.GroupBy(Name, StringComparer.OrdinalIgnoreCase).Where(group => group.Count() > 1).Select(group => group.Key));

    // Names and routes are a published contract. Change docs/api/functions.txt only on purpose.
    [Fact]
    public void Functions_equal_the_approved_list() =>
        Approved.Equal("docs/api/functions.txt", string.Join('\n', Functions.Select(Line).Order(StringComparer.Ordinal)) + "\n");

    [Fact]
    public void Every_queue_has_a_consumer_a_sender_and_a_catalogue_entry()
    {
        var catalogue = Repository.Text("docs/queues.md");
        var consumers = Functions.Where(method => Trigger<QueueTriggerAttribute>(method) is not null)
            .ToDictionary(method => Trigger<QueueTriggerAttribute>(method)!.QueueName, Name);

        Assert.Equal(QueueNamesInUse, QueueNames.All);
        Assert.Equal(QueueNamesInUse.Order(StringComparer.Ordinal), consumers.Keys.Order(StringComparer.Ordinal));
        Assert.All(QueueNamesInUse, queue => Assert.Matches($@"\| `{queue}` \|[^\n]*\| `{consumers[queue]}` \|", catalogue));
        Assert.Equal(QueueNamesInUse.Length, catalogue.Split('\n').Count(line => line.StartsWith("| `", StringComparison.Ordinal)));
        var sources = Repository.AppSources.Select(Repository.Text).ToList();
        Assert.All(
            typeof(QueueNames).GetFields().Select(field => field.Name),
            name => Assert.Contains(sources, text => text.Contains($"SendAsync(QueueNames.{name}", StringComparison.Ordinal)));
    }

    [Fact]
    public void Orchestrators_use_no_clock_no_randomness_and_no_input_or_output()
    {
        var orchestrators = Functions.Where(
            method => method.GetParameters().Any(parameter => parameter.ParameterType.Name == "TaskOrchestrationContext")).ToList();

        Assert.NotEmpty(orchestrators);
        Assert.All(orchestrators, method => Assert.True(method.IsStatic, $"{method.Name} must be static, so that nothing can be injected"));
        Assert.All(orchestrators, method => Assert.EndsWith("V1", Name(method)));
        Assert.All(Repository.AppSources.SelectMany(file => Bodies(Repository.Text(file))), body => Assert.DoesNotMatch(Impure(), body));
        Assert.Equal(orchestrators.Count, Repository.AppSources.Sum(file => Bodies(Repository.Text(file)).Count()));
    }

    private static TAttribute? Trigger<TAttribute>(MethodInfo method)
        where TAttribute : Attribute =>
        method.GetParameters().Select(parameter => parameter.GetCustomAttribute<TAttribute>())
            .FirstOrDefault(attribute => attribute is not null);

    private static string Name(MethodInfo method) => method.GetCustomAttribute<FunctionAttribute>()!.Name;

    private static string Line(MethodInfo method)
    {
        if (Trigger<HttpTriggerAttribute>(method) is { } http)
        {
            return $"http {string.Join(',', http.Methods!).ToUpperInvariant()} /api/{http.Route ?? Name(method)} {Name(method)} " +
                $"[{ApiRoute.ReadRoutes(Repository.App).Single(route => route.Name == Name(method)).AccessText}]";
        }

        return Trigger<QueueTriggerAttribute>(method) is { } queue ? $"queue {queue.QueueName} {Name(method)}"
            : Trigger<TimerTriggerAttribute>(method) is { } timer ? $"timer {timer.Schedule} {Name(method)}"
            : method.GetParameters()[0].ParameterType.Name == "TaskOrchestrationContext" ? $"orchestrator {Name(method)}"
            : $"activity {Name(method)}";
    }

    /// <summary>
    /// The text of each method that takes an orchestration context, and of the private methods that it passes the context to.
    /// </summary>
    private static IEnumerable<string> Bodies(string source)
    {
        const string Marker = "[OrchestrationTrigger]";
        for (var at = source.IndexOf(Marker, StringComparison.Ordinal); at >= 0;
            at = source.IndexOf(Marker, at + 1, StringComparison.Ordinal))
        {
            var end = source.IndexOf("[Function(", at, StringComparison.Ordinal);
            yield return end < 0 ? source[at..] : source[at..end];
        }
    }

    [GeneratedRegex(
        @"DateTime(Offset)?\.(Utc)?Now|TimeProvider|Guid\.|Random|Task\.(Delay|Run)|HttpClient|" +
        @"TenantDb|SystemDb|NpgsqlTransaction|ConfigureAwait|ILogger|Environment\.|File\.")]
    private static partial Regex Impure();
}
