using System.Reflection;
using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;
using Microsoft.Azure.Functions.Worker.Core;

namespace Microsoft.Azure.Functions.Worker.Hosting.Discovery;

/// <summary>Finds the assemblies beside the app that carry [WorkerExtensionStartup], by metadata: only those are loaded.</summary>
internal static class ExtensionDiscovery
{
    public static void ConfigureAll(IFunctionsWorkerApplicationBuilder builder)
    {
        foreach (var assembly in Directory.GetFiles(AppContext.BaseDirectory, "*.dll").Order(StringComparer.Ordinal).Where(CarriesStartup))
        {
            foreach (var startup in Assembly.Load(AssemblyName.GetAssemblyName(assembly)).GetCustomAttributes<WorkerExtensionStartupAttribute>())
            {
                ((WorkerExtensionStartup)Activator.CreateInstance(startup.StartupType)!).Configure(builder);
            }
        }
    }

    private static bool CarriesStartup(string path)
    {
        using var file = File.OpenRead(path);
        using var image = new PEReader(file);
        if (!image.HasMetadata)
        {
            return false;
        }

        var metadata = image.GetMetadataReader();
        return metadata.IsAssembly && metadata.GetAssemblyDefinition().GetCustomAttributes().Any(handle => IsStartup(metadata, handle));
    }

    private static bool IsStartup(MetadataReader metadata, CustomAttributeHandle handle)
    {
        var constructor = metadata.GetCustomAttribute(handle).Constructor;
        if (constructor.Kind != HandleKind.MemberReference)
        {
            return false;
        }

        var type = metadata.GetMemberReference((MemberReferenceHandle)constructor).Parent;
        return type.Kind == HandleKind.TypeReference
            && metadata.StringComparer.Equals(metadata.GetTypeReference((TypeReferenceHandle)type).Name, nameof(WorkerExtensionStartupAttribute));
    }
}
