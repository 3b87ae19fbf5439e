using Npgsql;
using Relais.Database;
using Relais.Database.Entra;
using Relais.Database.Secrets;

const string Usage = """
    usage: dotnet run --project src/Database -- [command]

    commands:
      "<connection string of relais_owner>"   applies the migrations
      migrate, or no command                  applies the migrations with the connection string in ConnectionStrings__Owner
      deploy                                  creates roles and database on Azure and applies the migrations (docs/deploy.md)
      rotate-secrets                          encrypts the provider secrets again with the active key
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
    case [var ownerConnectionString]:
        return await MigrateAsync(ownerConnectionString);
    default:
        return await MigrateAsync(null);
}

static async Task<int> MigrateAsync(string? ownerConnectionString)
{
    if (string.IsNullOrWhiteSpace(ownerConnectionString))
    {
        Console.Error.WriteLine(Usage);
        return 2;
    }

    try
    {
        var applied = await Migrator.MigrateAsync(ownerConnectionString);
        Console.WriteLine(applied == 0 ? "nothing to migrate" : $"{applied} migrations applied");
        return 0;
    }
    catch (Exception e) when (e is MigrationException or NpgsqlException or ArgumentException)
    {
        Console.Error.WriteLine(e.Message);
        return 1;
    }
}
