using System.Diagnostics;
using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using Dapper;
using Npgsql;
using Relais.DevHost.Seed;
using Relais.DevHost.Services;
using Relais.Kit;
using Relais.Kit.Leaks;

namespace EndToEnd.Tests.DevServices;

/// <summary>Runs the development host of the README with its own data folder.</summary>
public sealed class DevHostTests : IAsyncLifetime
{
    private static readonly string Program = Path.ChangeExtension(typeof(PostgresServer).Assembly.Location, ".dll");
    private static readonly TimeSpan StartLimit = TimeSpan.FromMinutes(2);

    private readonly string home = Path.Combine(Path.GetTempPath(), $"relais-devhost-{Guid.NewGuid():N}");

    public Task InitializeAsync() => ExclusiveRun.TakeAsync();

    [Fact]
    public async Task The_demo_exits_with_zero_when_every_total_equals_the_simulators()
    {
        await using var host = Start("--demo-and-exit", "--rate", "60");

        var exitCode = await host.Exited.WaitAsync(TimeSpan.FromMinutes(5));

        Assert.True(exitCode == 0, host.Log.Tail(60));
        Assert.Contains(host.Log.Lines, line => line.Contains("totals equal the simulator's", StringComparison.Ordinal));
        Assert.DoesNotContain(host.Log.Lines, line => line.Contains("of 0:", StringComparison.Ordinal));
        var planted = Secrets();
        Assert.Empty(planted.FindIn("the terminal", string.Join('\n', host.Log.Lines)));
        Assert.Empty(planted.FindIn("the log of the app", await File.ReadAllTextAsync(Path.Combine(home, "app.log"))));
    }

    [Fact]
    public async Task A_killed_host_leaves_no_child_and_the_next_run_finds_its_data()
    {
        await using (var killed = Start("--no-demo"))
        {
            await WaitUntilUpAsync(killed);
            await ExecuteAsync(killed, "create table marker (x int)");
            var children = Descendants(killed.Id);
            Assert.True(children.Count >= 3, $"PostgreSQL, Azurite and the app were expected among {children.Count} children");

            using var process = Process.GetProcessById(killed.Id);
            process.Kill();

            await Wait.UntilAsync(() => !children.Any(IsRunning));
        }

        await using var next = Start("--no-demo");
        await WaitUntilUpAsync(next);
        Assert.Equal(0, await ExecuteAsync(next, "select count(*) from marker"));
        var descendants = Descendants(next.Id);

        Assert.Equal(0, await next.StopAsync(TimeSpan.FromSeconds(30)));

        Assert.DoesNotContain(descendants, IsRunning);
    }

    [Fact]
    public async Task The_printed_commands_give_a_token_that_the_app_accepts()
    {
        await using var host = Start("--no-demo");
        await WaitUntilUpAsync(host);
        await Wait.UntilAsync(() => host.Log.Lines.Any(line => line.Contains("API key of Boutique", StringComparison.Ordinal)));
        using var http = new HttpClient();
        var command = Printed(host, "an access token").Split(' ');

        using var tokenResponse = await http.PostAsync(new Uri(command.First(word => word.StartsWith("http", StringComparison.Ordinal))),
            new FormUrlEncodedContent(
                command.Where((_, i) => i > 0 && command[i - 1] == "-d")
                    .Select(pair => KeyValuePair.Create(pair.Split('=')[0], pair.Split('=')[1]))));
        var token = JsonDocument.Parse(await tokenResponse.Content.ReadAsStringAsync()).RootElement.GetProperty("access_token").GetString();
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
        var me = JsonDocument.Parse(await http.GetStringAsync(new Uri($"{Printed(host, "app")}v1/me"))).RootElement;
        using var campaigns = await http.GetAsync(new Uri($"{Printed(host, "app")}v1/campaigns"));

        Assert.Equal(
            ("clinique-de-la-gare", "owner"),
            (me.GetProperty("memberships")[0].GetProperty("slug").GetString(),
                me.GetProperty("memberships")[0].GetProperty("role").GetString()));
        Assert.Equal(HttpStatusCode.OK, campaigns.StatusCode);
    }

    [Fact]
    public async Task The_printed_lines_are_enough_to_sign_a_webhook_and_to_read_its_row()
    {
        await using var host = Start("--no-demo");
        await WaitUntilUpAsync(host);
        await Wait.UntilAsync(() => host.Log.Lines.Any(line => line.Contains("auth token of these accounts", StringComparison.Ordinal)));
        var (address, token, account) = (Printed(host, "webhooks, and what they sign"),
            Printed(host, "auth token of these accounts").Split(' ')[0], Printed(host, "account of Clinique de la Gare"));
        var form = new List<KeyValuePair<string, string>>
        {
            new("MessageSid", "SM00000000000000000000000000000001"), new("SmsStatus", "received"), new("AccountSid", account),
            new("From", "+33600000001"), new("To", DemoTenant.Clinic.Address), new("Body", "Bonjour"), new("NumMedia", "0"),
        };
        using var http = new HttpClient();
        using var request = new HttpRequestMessage(HttpMethod.Post, address) { Content = new FormUrlEncodedContent(form) };
        request.Headers.Add("X-Twilio-Signature", WebhookSignature.Of(address, form, token));

        using var answer = await http.SendAsync(request);

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        await using var all = new NpgsqlConnection($"{Printed(host, "database, every row")};Pooling=false");
        await using var owner = new NpgsqlConnection($"{Printed(host, "database, as owner")};Pooling=false");
        Assert.Equal(1, await all.ExecuteScalarAsync<int>("select count(*) from webhook_events"));
        Assert.Equal(0, await owner.ExecuteScalarAsync<int>("select count(*) from webhook_events"));
        Assert.Contains(host.Log.Lines, line => line.Contains("Row-level security hides", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_host_in_the_background_of_a_shell_ends_on_SIGINT()
    {
        await using var host = GuardedProcess.Start(
            new ProcessSpec("/bin/sh", ["-c", "trap '' INT; exec dotnet \"$0\" --no-demo", Program]) { Environment = Environment() });
        await WaitUntilUpAsync(host);

        await Signals.SendAsync(host.Id, "INT");

        Assert.Equal(0, await host.Exited.WaitAsync(TimeSpan.FromSeconds(60)));
    }

    [Fact]
    public async Task An_unknown_option_is_named_and_nothing_is_started()
    {
        await using var host = Start("--demo-and-exti");

        Assert.Equal(2, await host.Exited);
        Assert.Contains("unknown option: --demo-and-exti", host.Log.Lines);
        Assert.False(Directory.Exists(home));
    }

    public Task DisposeAsync()
    {
        if (Directory.Exists(home))
        {
            Directory.Delete(home, recursive: true);
        }

        return Task.CompletedTask;
    }

    /// <summary>The secrets of this run and the numbers of the demo's senders.</summary>
    private SecretValues Secrets()
    {
        var planted = new SecretValues();
        using var state = JsonDocument.Parse(File.ReadAllText(Path.Combine(home, "state.json")));
        foreach (var secret in state.RootElement.EnumerateObject().Where(value => value.Value.ValueKind == JsonValueKind.String))
        {
            planted.Add(secret.Name, secret.Value.GetString());
        }

        foreach (var tenant in DemoTenant.All)
        {
            planted.AddNumbers(tenant.Address);
        }

        return planted;
    }

    private GuardedProcess Start(params string[] options) =>
        GuardedProcess.Start(new ProcessSpec("dotnet", [Program, .. options])
        {
            Environment = Environment(),
        });

    private Dictionary<string, string?> Environment() =>
        new() { ["RELAIS_HOME"] = home, ["ConnectionStrings__Postgres"] = null, ["AzureWebJobsStorage"] = null };

    private static Task WaitUntilUpAsync(GuardedProcess host) =>
        Wait.UntilAsync(
            () =>
                host.HasExited
                    ? throw new InvalidOperationException(host.Log.Tail(60))
                    : host.Log.Lines.Any(line => line.Contains("Up until Ctrl-C", StringComparison.Ordinal)),
            StartLimit);

    /// <summary>The value that is printed beside this name in the list of addresses.</summary>
    private static string Printed(GuardedProcess host, string name) =>
        host.Log.Lines.Last(line => line.StartsWith($"  {name}  ", StringComparison.Ordinal))[(name.Length + 2)..].Trim();

    private static async Task<int> ExecuteAsync(GuardedProcess host, string sql)
    {
        const string Label = "database, as owner";
        await Wait.UntilAsync(() => host.Log.Lines.Any(line => line.Contains(Label, StringComparison.Ordinal)));
        var line = host.Log.Lines.Last(line => line.Contains(Label, StringComparison.Ordinal));
        await using var connection = new NpgsqlConnection(
            $"{line[(line.IndexOf(Label, StringComparison.Ordinal) + Label.Length)..].Trim()};Pooling=false");
        return await connection.ExecuteScalarAsync<int>(sql);
    }

    private static List<int> Descendants(int parent)
    {
        var children = ProcessTable.Read().ToLookup(row => row.Parent, row => row.Id);
        IEnumerable<int> Below(int id) => children[id].SelectMany(child => Below(child).Prepend(child));
        return [.. Below(parent)];
    }

    private static bool IsRunning(int process) => ProcessTable.Read().Any(row => row.Id == process && row.State != 'Z');
}
