using System.Diagnostics;
using System.Runtime.Versioning;
using Architecture.Tests;

namespace Infra.Tests;

/// <summary>Runs the scripts of azd with a fake Azure CLI that keeps secrets in a folder.</summary>
[UnsupportedOSPlatform("windows")]
public sealed class HookTests : IDisposable
{
    private const string Cli = """
        #!/bin/sh
        echo "az $*" >> "$CALLS"
        verb="$1 $2 $3"
        while [ $# -gt 0 ]; do
          case "$1" in --name) name="$2" ;; --file) file="$2" ;; esac
          shift
        done
        case "$verb" in
          "keyvault secret "*)
            if [ "$(grep -c "^az keyvault" "$CALLS")" -le "${ROLE_ARRIVES_AFTER:-0}" ]; then
              echo "(Forbidden) Caller is not authorized to perform action on resource. Inner error: { code: ForbiddenByRbac }" >&2; exit 1
            fi ;;
        esac
        case "$verb" in
          "keyvault secret show")
            [ -z "$VAULT_FAILURE" ] || { echo "$VAULT_FAILURE" >&2; exit 1; }
            [ -f "$VAULT/$name" ] || { echo "(SecretNotFound) A secret with that name was not found." >&2; exit 3; } ;;
          "keyvault secret set") cp "$file" "$VAULT/$name" ;;
          "account get-access-token "*) echo database-token ;;
          "rest --method post") ;;
          *) exit 2 ;;
        esac
        """;

    private const string Dotnet = """
        #!/bin/sh
        echo "dotnet $* with $PGPASSWORD" >> "$CALLS"
        """;

    private readonly string folder = Directory.CreateTempSubdirectory("relais-hooks-").FullName;

    public HookTests()
    {
        Directory.CreateDirectory(Path.Combine(folder, "vault"));
        File.WriteAllText(Path.Combine(folder, "calls"), "");
        foreach (var (program, script) in ((string, string)[])[("az", Cli), ("dotnet", Dotnet)])
        {
            File.WriteAllText(Path.Combine(folder, program), script);
            File.SetUnixFileMode(Path.Combine(folder, program), UnixFileMode.UserRead | UnixFileMode.UserExecute);
        }
    }

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public async Task Missing_keys_are_created_with_32_bytes_and_existing_ones_stay()
    {
        await File.WriteAllTextAsync(Secret("secrets-k1"), "in use");

        var (exitCode, output) = await RunAsync("keys.sh");

        Assert.Equal(0, exitCode);
        Assert.Equal(["created the key secrets-k2", "created the key privacy-hash-key"], output.Trim().Split('\n'));
        Assert.Equal("in use", await File.ReadAllTextAsync(Secret("secrets-k1")));
        var keys = await Task.WhenAll(File.ReadAllTextAsync(Secret("secrets-k2")), File.ReadAllTextAsync(Secret("privacy-hash-key")));
        Assert.All(keys, key => Assert.Equal(32, Convert.FromBase64String(key).Length));
        Assert.NotEqual(keys[0], keys[1]);
    }

    [Fact]
    public async Task A_vault_that_does_not_answer_gets_no_new_key()
    {
        var (exitCode, output) = await RunAsync(
            "keys.sh",
            ("VAULT_FAILURE",
                "(Forbidden) Client address is not authorized and caller is not a trusted service. " +
                "Inner error: { code: ForbiddenByFirewall }"));

        Assert.Equal(1, exitCode);
        Assert.Contains("(Forbidden)", output, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFiles(Path.Combine(folder, "vault")));
        Assert.Single(await CallsAsync());
    }

    [Fact]
    public async Task Keys_are_created_once_the_role_of_the_deployer_has_reached_the_vault()
    {
        var (exitCode, output) = await RunAsync("keys.sh", ("ROLE_ARRIVES_AFTER", "3"));

        Assert.Equal(0, exitCode);
        Assert.Equal(3, output.Split('\n').Count(line => line.StartsWith("waiting for the role", StringComparison.Ordinal)));
        Assert.Equal(3, Directory.GetFiles(Path.Combine(folder, "vault")).Length);
    }

    [Fact]
    public async Task A_role_that_never_reaches_the_vault_fails_after_twenty_attempts()
    {
        var (exitCode, output) = await RunAsync("keys.sh", ("ROLE_ARRIVES_AFTER", "1000"));

        Assert.Equal(1, exitCode);
        Assert.Contains("ForbiddenByRbac", output, StringComparison.Ordinal);
        Assert.Equal(20, (await CallsAsync()).Length);
        Assert.Empty(Directory.GetFiles(Path.Combine(folder, "vault")));
    }

    /// <summary>
    /// The platform resolves key references when the app starts, possibly before the keys exist, so the hook refreshes them.
    /// </summary>
    [Fact]
    public async Task Before_a_deployment_the_key_references_are_refreshed_after_the_keys_were_created()
    {
        var (exitCode, output) = await RunAsync("predeploy.sh");

        Assert.True(exitCode == 0, output);
        var calls = await CallsAsync();
        var refresh = Array.FindIndex(calls, call => call.StartsWith(
            "az rest --method post --url /subscriptions/subscription/resourceGroups/group/providers/Microsoft.Web/sites/app"
            + "/config/configreferences/appsettings/refresh?api-version=2022-03-01", StringComparison.Ordinal));
        Assert.True(refresh > Array.FindLastIndex(calls, call => call.StartsWith("az keyvault secret set", StringComparison.Ordinal)));
        Assert.Equal("dotnet run --project src/Database --configuration Release -- deploy with database-token", calls[^1]);
    }

    /// <summary>A GitHub workflow can request new tokens for a few minutes only, and waiting for the vault can use up that time.</summary>
    [Fact]
    public async Task Before_a_deployment_the_database_token_is_requested_before_the_vault_is_used()
    {
        await RunAsync("predeploy.sh");

        Assert.StartsWith("az account get-access-token --resource-type oss-rdbms", (await CallsAsync())[0]);
    }

    [Fact]
    public void Every_azd_hook_is_executable() =>
        Assert.All(Repository.Files("infra/hooks"), file => Assert.True(
            File.GetUnixFileMode(Path.Combine(Repository.Root, file)).HasFlag(UnixFileMode.UserExecute), $"{file} is not executable."));

    private string Secret(string name) => Path.Combine(folder, "vault", name);

    private Task<string[]> CallsAsync() => File.ReadAllLinesAsync(Path.Combine(folder, "calls"));

    private async Task<(int ExitCode, string Output)> RunAsync(string script, params (string Name, string Value)[] environment)
    {
        var start = new ProcessStartInfo("sh", [Path.Combine(Repository.Root, "infra/hooks", script)])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["PATH"] = $"{folder}:{Environment.GetEnvironmentVariable("PATH")}";
        (string Name, string Value)[] all =
        [
            ("VAULT", Path.Combine(folder, "vault")), ("CALLS", Path.Combine(folder, "calls")), ("RELAIS_VAULT_NAME", "kv"),
            ("RELAIS_SEALING_KEYS", "k1 k2"), ("RELAIS_ROLE_PAUSE_SECONDS", "0"), ("AZURE_SUBSCRIPTION_ID", "subscription"),
            ("AZURE_RESOURCE_GROUP", "group"),
            ("RELAIS_APP_NAME", "app"), .. environment,
        ];
        foreach (var (name, value) in all)
        {
            start.Environment[name] = value;
        }

        using var process = Process.Start(start)!;
        var output = await process.StandardOutput.ReadToEndAsync() + await process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        return (process.ExitCode, output);
    }
}
