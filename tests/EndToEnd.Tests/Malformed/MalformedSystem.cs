using System.Collections.Concurrent;
using Relais.DevHost.Issuer;
using Relais.DevHost.Seed;
using Relais.Kit;

namespace EndToEnd.Tests.Malformed;

/// <summary>The whole system with members who can sign in, some rows, and a record of all errors that the app logs.</summary>
internal sealed class MalformedSystem : IAsyncDisposable
{
    private readonly DevIssuer issuer;

    private MalformedSystem(RelaisSystem relais, DevIssuer issuer, ConcurrentQueue<string> errors)
    {
        (Relais, this.issuer, Errors) = (relais, issuer, errors);
    }

    public RelaisSystem Relais { get; }

    /// <summary>Log lines of level error or above.</summary>
    public ConcurrentQueue<string> Errors { get; }

    public IReadOnlyList<DocumentedRoute> Routes { get; private set; } = [];

    public static async Task<MalformedSystem> StartAsync(
        PostgresFixture postgres, AzuriteFixture storage, Dictionary<string, string?> settings)
    {
        var issuer = await DevIssuer.StartAsync(new DevIssuerOptions());
        var errors = new ConcurrentQueue<string>();
        settings["Access__Issuer"] = issuer.Address;
        settings["Access__Audience"] = issuer.Audience;
        var relais = await RelaisSystem.StartAsync(postgres, storage, new RelaisSystemOptions
        {
            Settings = settings,
            Watched = false,
            OnLine = line =>
            {
                if (IsAboutClientThatLeft(line))
                {
                    return;
                }

                if (line.Contains(" fail: ", StringComparison.Ordinal) || line.Contains(" crit: ", StringComparison.Ordinal)
                    || line.Contains("Unhandled exception", StringComparison.Ordinal))
                {
                    errors.Enqueue(line);
                }
            },
        });
        await DemoMembers.RunAsync(relais.Database.Owner, issuer.Address);
        var system = new MalformedSystem(relais, issuer, errors);
        await system.FillAsync();
        using var http = relais.CreateClient(null);
        system.Routes = await DocumentedRoute.ReadAsync(http);
        return system;
    }

    /// <summary>
    /// Whether the entry is the published worker's about a client that left before its request was complete or answered. The cancelled
    /// invocation may end before its request reaches the worker's HTTP server, which then does not find the invocation.
    /// </summary>
    private static bool IsAboutClientThatLeft(string line) =>
        (line.Contains("FunctionsApplication[0]", StringComparison.Ordinal)
            && (line.Contains("OperationCanceledException", StringComparison.Ordinal)
                || line.Contains("Timed out waiting for the function start call", StringComparison.Ordinal)))
        || (line.Contains("Kestrel[0]", StringComparison.Ordinal)
            && line.Contains("Context for invocation id", StringComparison.Ordinal)
            && line.Contains("does not exist", StringComparison.Ordinal));

    public async Task<RequestGenerator> GeneratorAsync(int seed)
    {
        string[] tokens = [.. new[] { DemoUser.Awa, DemoUser.Mamadou, DemoUser.Fatou, DemoUser.Claire }.Select(issuer.AccessTokenFor)];
        var alwaysWork = Routes.Where(route => route.CannotBeWrong).Select(route => route.Name).ToHashSet();
        var context = new RequestContext(
            $"127.0.0.1:{Relais.App.Url.Port}", [Relais.ApiKey], tokens, RelaisSystem.AccountSid,
            await StoredRows.IdsAsync(Relais.Database), alwaysWork);
        return new RequestGenerator(seed, Routes, context);
    }

    public async ValueTask DisposeAsync()
    {
        await Relais.DisposeAsync();
        await issuer.DisposeAsync();
    }

    private async Task FillAsync()
    {
        var contacts = new StringContent("phone;prénom\n620000001;Awa\n620000002;Binta\n", System.Text.Encoding.UTF8, "text/csv");
        (await Relais.Api.PostAsync(new Uri("contacts/import?tag=amis", UriKind.Relative), contacts)).EnsureSuccessStatusCode();
    }
}
