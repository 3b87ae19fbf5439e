using System.Diagnostics;
using System.Globalization;
using Relais.Conformance;
using Relais.Conformance.Json;
using Relais.Conformance.Wire;

const string Usage = """
    run     BASE_URL FUNCTION_KEY QUEUE_ENDPOINT [-o results.json] [-k PART ...] [-j PARALLEL]
    compare golden.json results.json
    list

    BASE_URL        http://127.0.0.1:7071, without /api
    FUNCTION_KEY    a key valid for AuthorizationLevel.Function; "" leaves the key scenarios out
    QUEUE_ENDPOINT  the queue service of Azurite, http://127.0.0.1:10001/devstoreaccount1
    """;

return args switch
{
    ["list"] => List(),
    ["compare", var golden, var results] => Compare(golden, results),
    ["run", var address, var key, var queues, .. var options] =>
        await RunAsync(new App(new Uri(address), key, new QueueStore(new Uri(queues))), options),
    _ => Help(),
};

static int Help()
{
    Console.Error.WriteLine(Usage);
    return 2;
}

static int List()
{
    foreach (var scenario in Catalogue.All)
    {
        Console.WriteLine(scenario.Name);
    }

    return 0;
}

static async Task<int> RunAsync(App app, string[] options)
{
    var pairs = options.Chunk(2).Where(pair => pair.Length == 2).ToLookup(pair => pair[0], pair => pair[1]);
    var output = pairs["-o"].LastOrDefault("results.json");
    var parallel = int.Parse(pairs["-j"].LastOrDefault("12"), CultureInfo.InvariantCulture);
    var start = Stopwatch.GetTimestamp();
    var runner = new Runner(app, parallel, Console.WriteLine);
    if (!await runner.AnswersAsync())
    {
        Console.Error.WriteLine($"No answer from {app.Address}");
        return 2;
    }

    var results = await runner.RunAsync(Catalogue.Chosen([.. pairs["-k"]]));
    await File.WriteAllTextAsync(output, JsonText.Write(results, indented: true) + "\n");
    var failed = results.Count(result => result.Value is Fields fields && fields.ContainsKey(Runner.DriverFailure));
    var areas = results.Keys.CountBy(name => name.Split('.')[0]).Select(area => $"{area.Key} {area.Value}");
    Console.WriteLine(
        $"\n{results.Count} scenarios ({string.Join(", ", areas)}) in {Clock.Since(start):0} s; {failed} driver exceptions -> {output}");
    return failed == 0 ? 0 : 1;
}

static int Compare(string goldenFile, string resultsFile)
{
    var (golden, results) = ((Fields)JsonText.Parse(File.ReadAllBytes(goldenFile))!,
        (Fields)JsonText.Parse(File.ReadAllBytes(resultsFile))!);
    var outcomes = Comparison.Of(golden, results).ToList();
    foreach (var outcome in outcomes)
    {
        Show(outcome);
    }

    var (same, missing) = (outcomes.Count(outcome => outcome.Same), outcomes.Count(outcome => outcome.Missing is not null));
    var informative = outcomes.SelectMany(outcome => outcome.Differences).Count(difference => !difference.Counts);
    Console.WriteLine(
        $"{same} same, {outcomes.Count - same - missing} different, {missing} missing ({informative} informative differences)");
    return same == outcomes.Count ? 0 : 1;
}

static void Show(Outcome outcome)
{
    if (outcome.Missing is { } where)
    {
        Console.WriteLine($"MISSING {outcome.Name} in {where}");
    }

    foreach (var difference in outcome.Differences.Where(difference => !difference.Counts))
    {
        Console.WriteLine($"info    {outcome.Name} {difference}");
    }

    foreach (var difference in outcome.Counted)
    {
        Console.WriteLine($"DIFF    {outcome.Name} {difference}");
    }
}
