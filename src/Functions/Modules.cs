using Microsoft.Azure.Functions.Worker.Builder;
using Microsoft.Extensions.Hosting;
using Relais.Access;
using Relais.Access.Limits;
using Relais.Accounts;
using Relais.Campaigns;
using Relais.Channels;
using Relais.Contacts;
using Relais.Health;
using Relais.Inbox;
using Relais.Numbers;
using Relais.Platform.Database;
using Relais.Platform.Http;
using Relais.Platform.Queues;
using Relais.Platform.Secrets;
using Relais.Platform.Telemetry;
using Relais.Privacy;
using Relais.Sending;
using Relais.Usage;
using Relais.Webhooks;
using Relais.WhatsAppSenders;

namespace Relais;

/// <summary>The table of contents.</summary>
internal static class Modules
{
    public static FunctionsApplicationBuilder AddModules(this FunctionsApplicationBuilder builder)
    {
        builder.AddLogRules();
        builder.UseMiddleware<NameTraces>();
        builder.UseMiddleware<ExposedHeaders>();
        builder.UseMiddleware<ProblemMiddleware>();
        builder.UseMiddleware<AddressLimitMiddleware>();
        builder.UseMiddleware<AccessMiddleware>();
        builder.UseMiddleware<TenantLimitMiddleware>();
        builder.Services.AddModules(builder.Configuration);
        return builder;
    }

    public static IServiceCollection AddModules(this IServiceCollection services, IConfiguration configuration) => services
        .AddSingleton(TimeProvider.System)
        .AddQueues()
        .AddTelemetry(configuration)
        .AddDatabase()
        .AddAccess()
        .AddContacts()
        .AddCampaigns()
        .AddSecrets()
        .AddPrivacy()
        .AddChannels()
        .AddSending()
        .AddAccounts()
        .AddNumbers()
        .AddUsage()
        .AddWhatsAppSenders()
        .AddWebhooks()
        .AddInbox()
        .AddHealth();
}
