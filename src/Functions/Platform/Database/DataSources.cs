using Dapper;
using Npgsql;
using Relais.Platform.Settings;

namespace Relais.Platform.Database;

/// <summary>One pool per database role.</summary>
internal static class DataSources
{
    public const string App = "App";
    public const string System = "System";

    public static IServiceCollection AddDatabase(this IServiceCollection services)
    {
        DefaultTypeMap.MatchNamesWithUnderscores = true;
        return services
            .AddValidatedOptions<DatabaseOptions>(DatabaseOptions.Section)
            .AddKeyedSingleton(App, (provider, _) => Build(provider.GetRequiredService<DatabaseOptions>().App!, App))
            .AddKeyedSingleton(System, (provider, _) => Build(provider.GetRequiredService<DatabaseOptions>().System!, System))
            .AddSingleton<TenantDb>()
            .AddSingleton<SystemDb>();
    }

    private static NpgsqlDataSource Build(string connectionString, string role)
    {
        var builder = new NpgsqlDataSourceBuilder(connectionString);
        // details of an error hold values of the row, and an exception ends in a log
        builder.ConnectionStringBuilder.IncludeErrorDetail = false;
        // the statements are few and large: planning them anew each time costs more than running them
        if (builder.ConnectionStringBuilder.MaxAutoPrepare == 0)
        {
            builder.ConnectionStringBuilder.MaxAutoPrepare = 60;
            builder.ConnectionStringBuilder.AutoPrepareMinUsages = 2;
        }

        // a plan made while a table was empty must not stay a sequential scan when it has grown
        if (role == System)
        {
            builder.ConnectionStringBuilder.Options ??= "-c enable_seqscan=off";
        }

        builder.ConnectionStringBuilder.ApplicationName ??= $"relais-{role.ToLowerInvariant()}";
        return builder.Build();
    }
}
