using Relais.Contacts.Import;

namespace Relais.Contacts;

internal static class ContactsModule
{
    public static IServiceCollection AddContacts(this IServiceCollection services) => services
        .AddSingleton<ImportContacts>()
        .AddSingleton<GetImport>()
        .AddSingleton<ListContacts>()
        .AddSingleton<GetContact>();
}
