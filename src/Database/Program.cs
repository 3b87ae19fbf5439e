using Npgsql;
using Relais.Database;
using Relais.Database.Entra;
using Relais.Database.Secrets;

const string Usage = """
    usage: dotnet run --project src/Database -- "<connection string of relais_owner>"
       or: set ConnectionStrings__Owner and give no argument                                 apply the migrations
           dotnet run --project src/Database -- deploy                                       roles, database and migrations on Azure (docs/deploy.md)
           dotnet run --project src/Database -- rotate-secrets                               seal provider secrets anew with the active key
    """;

switch (args)
{
    case ["--help" or "-h"]:
        Console.WriteLine(Usage);
        return 0;
    case ["deploy"]:
        return await DeployCommand.RunAsync(CancellationToken.None);
    case ["rotate-secrets"]:
        return await RotateCommand.RunAsync(CancellationToken.None);
    case ["migrate"] or []:
        return await MigrateAsync(Environment.GetEnvironmentVariable("ConnectionStrings__Owner"));
    case [var owner]:
        return await MigrateAsync(owner);
    default:
        return await MigrateAsync(null);
}

static async Task<int> MigrateAsync(string? owner)
{
    if (string.IsNullOrWhiteSpace(owner))
    {
        Console.Error.WriteLine(Usage);
        return 2;
    }

    try
    {
        var applied = await Migrator.MigrateAsync(owner);
        Console.WriteLine(applied == 0 ? "nothing to migrate" : $"{applied} migrations applied");
        return 0;
    }
    catch (Exception e) when (e is MigrationException or NpgsqlException or ArgumentException)
    {
        Console.Error.WriteLine(e.Message);
        return 1;
    }
}
