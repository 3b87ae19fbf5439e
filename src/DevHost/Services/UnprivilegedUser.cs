namespace Relais.DevHost.Services;

/// <summary>PostgreSQL refuses to run as root, so root runs it as a user of its own.</summary>
internal sealed class UnprivilegedUser
{
    private const string Wanted = "relais-pg";

    private readonly string? name;
    private readonly string[] prefix;

    private UnprivilegedUser(string? name, string[] prefix) => (this.name, this.prefix) = (name, prefix);

    /// <summary>Ourselves, unless we are root.</summary>
    public static async Task<UnprivilegedUser> ForPostgresAsync(CancellationToken ct)
    {
        if (OperatingSystem.IsWindows() || !Environment.IsPrivilegedProcess)
        {
            return new UnprivilegedUser(null, []);
        }

        using var turn = await FileLock.AcquireAsync(Path.Combine(DevPaths.Cache, "user.lock"), ct);
        foreach (var user in new[] { Wanted, "postgres", "nobody" })
        {
            if (await ExistsAsync(user, ct) && await WayToBecomeAsync(user, ct) is { } way)
            {
                return new UnprivilegedUser(user, way);
            }
        }

        throw new DevServiceException("PostgreSQL does not run as root, and there is no way here to become another user (setpriv, runuser or su is needed).");
    }

    /// <summary>The same command, run as this user.</summary>
    public ProcessSpec Run(string file, params IReadOnlyList<string> arguments) =>
        prefix is [var first, .. var rest] ? new ProcessSpec(first, [.. rest, file, .. arguments]) : new ProcessSpec(file, arguments);

    /// <summary>Makes a folder and what is in it this user's.</summary>
    public async Task TakeOwnershipAsync(string folder, CancellationToken ct)
    {
        if (name is not null)
        {
            await Executables.RunOrThrowAsync("chown", ["-R", name, folder], ct);
        }
    }

    private static async Task<bool> ExistsAsync(string user, CancellationToken ct)
    {
        if ((await Executables.RunAsync("id", ["-u", user], ct)).ExitCode == 0)
        {
            return true;
        }

        if (user != Wanted)
        {
            return false;
        }

        return (Executables.Find("useradd"), Executables.Find("adduser")) switch
        {
            ({ } useradd, _) => (await Executables.RunAsync(useradd, ["--system", "--user-group", "--no-create-home", "--home-dir", "/nonexistent", "--shell", "/bin/false", user], ct)).ExitCode == 0,
            (_, { } adduser) => (await Executables.RunAsync(adduser, ["-S", "-D", "-H", user], ct)).ExitCode == 0,
            _ => false,
        };
    }

    private static async Task<string[]?> WayToBecomeAsync(string user, CancellationToken ct)
    {
        string[][] ways =
        [
            ["setpriv", "--reuid", user, "--regid", await GroupAsync(user, ct), "--clear-groups", "--"],
            ["runuser", "-u", user, "--"],
            ["su", "-s", "/bin/sh", user, "-c", "exec \"$0\" \"$@\"", "--"],
        ];
        foreach (var way in ways)
        {
            if (Executables.Find(way[0]) is { } program && (await Executables.RunAsync(program, [.. way[1..], "true"], ct)).ExitCode == 0)
            {
                return [program, .. way[1..]];
            }
        }

        return null;
    }

    private static async Task<string> GroupAsync(string user, CancellationToken ct) =>
        (await Executables.RunOrThrowAsync("id", ["-g", user], ct)).Trim();
}
