using Npgsql;
using Relais.Database;

const string Usage = """
    usage: dotnet run --project src/Database -- "<connection string of relais_owner>"
       or: set ConnectionStrings__Owner and give no argument
    """;

if (args is ["--help" or "-h"])
{
    Console.WriteLine(Usage);
    return 0;
}

var owner = args is [var given] ? given : Environment.GetEnvironmentVariable("ConnectionStrings__Owner");
if (args.Length > 1 || string.IsNullOrWhiteSpace(owner))
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
