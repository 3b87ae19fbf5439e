namespace Relais.DevHost.Services;

/// <summary>The user that runs PostgreSQL. PostgreSQL refuses to run as root, so root runs it as another user.</summary>
internal sealed class UnprivilegedUser
{
    private const string PreferredUser = "relais-pg";

    private readonly string? name;
    private readonly string[] prefix;

    private UnprivilegedUser(string? name, string[] prefix) => (this.name, this.prefix) = (name, prefix);

    /// <returns>The current user, unless that is root.</returns>
    public static async Task<UnprivilegedUser> ForPostgresAsync(CancellationToken ct)
    {
        if (OperatingSystem.IsWindows() || !Environment.IsPrivilegedProcess)
        {
            return new UnprivilegedUser(null, []);
        }

        using var userLock = await FileLock.AcquireAsync(Path.Combine(DevPaths.Cache, "user.lock"), ct);
        foreach (var user in new[] { PreferredUser, "postgres", "nobody" })
        {
            if (await ExistsAsync(user, ct) && await FindCommandPrefixAsync(user, ct) is { } prefix)
            {
                return new UnprivilegedUser(user, prefix);
            }
        }

        throw new DevServiceException(
            "PostgreSQL does not run as root, and this machine has no program to switch to another user. Install setpriv, runuser or su.");
    }

    /// <returns>The command, so that it runs as this user.</returns>
    public ProcessSpec Run(string file, params IReadOnlyList<string> arguments) =>
        prefix is [var program, .. var options]
            ? new ProcessSpec(program, [.. options, file, .. arguments])
            : new ProcessSpec(file, arguments);

    /// <summary>Makes this user the owner of the folder and its content.</summary>
    public async Task TakeOwnershipAsync(string folder, CancellationToken ct)
    {
        if (name is not null)
        {
            await Executables.RunOrThrowAsync("chown", ["-R", name, folder], ct);
        }
    }

    /// <summary>Checks whether the user exists. Creates the preferred user when it does not.</summary>
    private static async Task<bool> ExistsAsync(string user, CancellationToken ct)
    {
        if ((await Executables.RunAsync("id", ["-u", user], ct)).ExitCode == 0)
        {
            return true;
        }

        if (user != PreferredUser)
        {
            return false;
        }

        return (Executables.Find("useradd"), Executables.Find("adduser")) switch
        {
            ({ } useradd, _) => (await Executables.RunAsync(
                useradd,
                [
                    "--system", "--user-group", "--no-create-home", "--home-dir", "/nonexistent", "--shell", "/bin/false", user,
                ],
                ct)).ExitCode == 0,
            (_, { } adduser) => (await Executables.RunAsync(adduser, ["-S", "-D", "-H", user], ct)).ExitCode == 0,
            _ => false,
        };
    }

    /// <returns>Program and arguments that run a command as the user; null when no such program works.</returns>
    private static async Task<string[]?> FindCommandPrefixAsync(string user, CancellationToken ct)
    {
        string[][] prefixes =
        [
            ["setpriv", "--reuid", user, "--regid", await GroupAsync(user, ct), "--clear-groups", "--"],
            ["runuser", "-u", user, "--"],
            ["su", "-s", "/bin/sh", user, "-c", "exec \"$0\" \"$@\"", "--"],
        ];
        foreach (var prefix in prefixes)
        {
            if (Executables.Find(prefix[0]) is { } program
                && (await Executables.RunAsync(program, [.. prefix[1..], "true"], ct)).ExitCode == 0)
            {
                return [program, .. prefix[1..]];
            }
        }

        return null;
    }

    private static async Task<string> GroupAsync(string user, CancellationToken ct) =>
        (await Executables.RunOrThrowAsync("id", ["-g", user], ct)).Trim();
}
