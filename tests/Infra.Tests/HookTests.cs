using System.Diagnostics;
using System.Runtime.Versioning;
using Architecture.Tests;

namespace Infra.Tests;

/// <summary>The scripts that azd runs, with a program in the place of the Azure CLI that keeps secrets in a folder.</summary>
[UnsupportedOSPlatform("windows")]
public sealed class HookTests : IDisposable
{
    private const string Cli = """
        #!/bin/sh
        verb="$1 $2 $3"
        while [ $# -gt 0 ]; do
          case "$1" in --name) name="$2" ;; --file) file="$2" ;; esac
          shift
        done
        case "$verb" in
          "keyvault secret show")
            [ -z "$VAULT_FAILURE" ] || { echo "$VAULT_FAILURE" >&2; exit 1; }
            [ -f "$VAULT/$name" ] || { echo "(SecretNotFound) A secret with that name was not found." >&2; exit 3; } ;;
          "keyvault secret set") cp "$file" "$VAULT/$name" ;;
          *) exit 2 ;;
        esac
        """;

    private readonly string folder = Directory.CreateTempSubdirectory("relais-hooks-").FullName;

    public HookTests()
    {
        Directory.CreateDirectory(Path.Combine(folder, "vault"));
        File.WriteAllText(Path.Combine(folder, "az"), Cli);
        File.SetUnixFileMode(Path.Combine(folder, "az"), UnixFileMode.UserRead | UnixFileMode.UserExecute);
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
        var (exitCode, output) = await RunAsync("keys.sh", ("VAULT_FAILURE", "(Forbidden) Client address is not authorized."));

        Assert.Equal(1, exitCode);
        Assert.Contains("(Forbidden)", output, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFiles(Path.Combine(folder, "vault")));
    }

    [Fact]
    public void Every_hook_of_azd_can_be_run() =>
        Assert.All(Repository.Files("infra/hooks"), file => Assert.True(
            File.GetUnixFileMode(Path.Combine(Repository.Root, file)).HasFlag(UnixFileMode.UserExecute), $"{file} is not executable."));

    private string Secret(string name) => Path.Combine(folder, "vault", name);

    private async Task<(int ExitCode, string Output)> RunAsync(string script, params (string Name, string Value)[] environment)
    {
        var start = new ProcessStartInfo("sh", [Path.Combine(Repository.Root, "infra/hooks", script)]) { RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["PATH"] = $"{folder}:{Environment.GetEnvironmentVariable("PATH")}";
        (string Name, string Value)[] all = [("VAULT", Path.Combine(folder, "vault")), ("RELAIS_VAULT_NAME", "kv"), ("RELAIS_SEALING_KEYS", "k1 k2"), .. environment];
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
