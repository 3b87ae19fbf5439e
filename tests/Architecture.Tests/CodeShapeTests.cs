using System.Text.RegularExpressions;

namespace Architecture.Tests;

public sealed partial class CodeShapeTests
{
    private const int LongestFile = 250;
    private const int LongestLine = 140;

    // Only these files may catch every exception: the HTTP boundary, a batch that answers many callers, and the processing of a stored
    // event, which is retried.
    private static readonly string[] CatchesAll =
    [
        "src/Functions/Channels/Twilio/TwilioSender.cs", "src/Functions/Platform/Http/ProblemMiddleware.cs",
        "src/Functions/Sending/BisectFailures.cs", "src/Functions/Webhooks/ProcessWebhookEvent.cs",
        "src/Functions/Webhooks/QueueEventProcessing.cs", "src/Functions/Webhooks/WebhookBatchWriter.cs",
    ];

    private static readonly string[] RethrowsAll = ["src/Functions/Platform/Queues/WorkQueues.cs"];

    [Fact]
    public void Classes_without_subclasses_are_sealed()
    {
        var bases = Repository.AppTypes.Select(type => type.BaseType).Where(type => type is not null).ToHashSet();

        Repository.None(
            Repository.AppTypes.Where(type => type is { IsClass: true, IsSealed: false, IsAbstract: false } && !bases.Contains(type)));
    }

    [Fact]
    public void Types_are_internal() =>
        Repository.None(Repository.AppTypes.Where(type => type.IsPublic).Select(type => type.Name));

    [Fact]
    public void No_type_name_ends_with_Service_Manager_Helper_or_Util() =>
        Repository.None(Repository.AppTypes.Where(type => EmptyWord().IsMatch(type.Name)).Select(type => type.FullName));

    [Fact]
    public void No_source_file_exceeds_250_lines() =>
        Repository.None(
            Repository.Files("src", "*.cs").Select(file => (file, Repository.Text(file).Count('\n')))
                .Where(file => file.Item2 > LongestFile));

    [Fact]
    public void No_line_of_code_exceeds_140_characters() =>
        Repository.None(
            Repository.Files("src", "*.cs").Concat(Repository.Files("tests", "*.cs"))
                .SelectMany(file => Repository.Text(file).Split('\n').Select((line, index) => (Place: $"{file}:{index + 1}", line.Length)))
                .Where(line => line.Length > LongestLine)
                .Select(line => line.Place));

    [Fact]
    public void Advisory_locks_are_taken_in_one_place() =>
        Repository.None(Repository.AppSources
            .Where(file => file != "src/Functions/Platform/Database/AdvisoryLocks.cs")
            .Where(file => Repository.Text(file).Contains("pg_advisory", StringComparison.Ordinal)));

    /// <summary>A second place with such a text is a second mechanism for the same thing.</summary>
    [Theory]
    [InlineData("\"Idempotency-Key\"", "Platform/Http/IdempotencyKey.cs")]
    [InlineData("new BoundedStream(", "Platform/Http/RequestBody.cs")]
    [InlineData("Guid.AllBitsSet", "Platform/Http/PageQuery.cs")]
    [InlineData("Count > page.Limit", null)]
    [InlineData("pg_backend_pid()", "Sending/CampaignCountersSql.cs")]
    [InlineData("insert into campaign_counters", "Sending/CampaignCountersSql.cs")]
    [InlineData("Count == PageSize)", "Platform/ForEachIsolated.cs")]
    public void There_is_one_mechanism_for_each_thing(string text, string? place) =>
        Assert.Equal(
            place is null ? [] : [$"src/Functions/{place}"],
            Repository.AppSources.Where(file => Repository.Text(file).Contains(text, StringComparison.Ordinal)));

    [Fact]
    public void Only_the_boundary_catches_every_exception()
    {
        Assert.Equal(CatchesAll, Repository.AppSources.Where(file => CatchOfAll().IsMatch(Repository.Text(file))));
        Assert.Equal(RethrowsAll, Repository.AppSources.Where(file => BareCatch().IsMatch(Repository.Text(file))));
    }

    [Fact]
    public void Review_B09_Batch_jobs_distinguish_their_own_cancellation() =>
        Repository.None(Repository.AppSources
            .Where(file => !file.StartsWith("src/Functions/Channels/Twilio/", StringComparison.Ordinal))
            .Where(file => AnyCancellation().IsMatch(Repository.Text(file))));

    [Fact]
    public void The_code_contains_no_TODO() =>
        Repository.None(
            Repository.Files("src")
                .Where(file => file.EndsWith(".cs", StringComparison.Ordinal) && Unfinished().IsMatch(Repository.Text(file))));

    [Fact]
    public void No_file_contains_a_machine_path()
    {
        var texts = new[] { ".cs", ".csproj", ".props", ".targets", ".json", ".md", ".sql", ".yml", ".yaml", ".sln", ".txt" };

        Repository.None(Repository.Files()
            .Where(
                file => texts.Contains(Path.GetExtension(file)) && !file.StartsWith("tests/Architecture.Tests/", StringComparison.Ordinal))
            .Where(file => MachinePath().IsMatch(Repository.Text(file))));
    }

    [Fact]
    public void The_app_names_published_packages_only()
    {
        var project = Repository.Text("src/Functions/Functions.csproj");
        string[] published =
        [
            "Microsoft.Azure.Functions.Worker", "Microsoft.Azure.Functions.Worker.Sdk", "Microsoft.Azure.Functions.Worker.Extensions.Http",
            "Microsoft.Azure.Functions.Worker.Extensions.Http.AspNetCore", "Microsoft.Azure.Functions.Worker.Extensions.Storage.Queues",
            "Microsoft.Azure.Functions.Worker.Extensions.Timer", "Microsoft.Azure.Functions.Worker.Extensions.DurableTask",
            "Microsoft.DurableTask.Analyzers", "Azure.Storage.Queues", "Twilio", "Microsoft.IdentityModel.JsonWebTokens", "Azure.Identity",
            "Npgsql", "Dapper", "CsvHelper", "libphonenumber-csharp",
            "OpenTelemetry.Extensions.Hosting", "OpenTelemetry.Exporter.OpenTelemetryProtocol",
            "Azure.Monitor.OpenTelemetry.Exporter",
        ];

        Assert.DoesNotContain("ProjectReference", project, StringComparison.Ordinal);
        Assert.Equal(published, PackageReference().Matches(project).Select(match => match.Groups[1].Value));
    }

    [Fact]
    public void FieldTrial_F01_Statement_parameters_get_their_types_in_one_place() =>
        Assert.Equal(
            [
                "src/Functions/Platform/Database/RowMapping.cs", "src/Functions/Platform/Database/TenantDb.cs",
                "src/Functions/Platform/Database/TypedParameters.cs",
            ],
            Repository.AppSources.Where(file => UntypedParameters().IsMatch(Repository.Text(file))));

    [GeneratedRegex("(Service|Manager|Helper|Util)s?$")]
    private static partial Regex EmptyWord();

    [GeneratedRegex(@"catch \(Exception\b[^)]*\)(?! when \(\w+ is )")]
    private static partial Regex CatchOfAll();

    [GeneratedRegex(
        @"\busing Dapper\b|\bNpgsqlParameter\b|\bNpgsqlCommand\b|\bCreateCommand\(|\bAddWithValue\(|" +
        @"\bDynamicParameters\b|\bCommandDefinition\b|\bSqlMapper\b")]
    private static partial Regex UntypedParameters();

    // Outside Channels/Twilio, whose calls take no token, a job must check its own token before it ignores a cancellation.
    [GeneratedRegex(@"is not OperationCanceledException\)")]
    private static partial Regex AnyCancellation();

    [GeneratedRegex(@"\bcatch\s*\{")]
    private static partial Regex BareCatch();

    [GeneratedRegex(@"\bTODO\b|\bFIXME\b|NotImplementedException")]
    private static partial Regex Unfinished();

    [GeneratedRegex(@"(?<![\w.])/(?:root|work|Users|home/(?!site|LogFiles)\w+)/\w|[A-Z]:\\Users\\")]
    private static partial Regex MachinePath();

    [GeneratedRegex("PackageReference Include=\"([^\"]+)\"")]
    private static partial Regex PackageReference();
}
