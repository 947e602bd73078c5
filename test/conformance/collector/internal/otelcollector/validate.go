package otelcollector

import (
	"context"
	"fmt"
	"slices"

	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/otelcol"
)

// Validate is `otelcol validate --config=yaml:...` in this process.
func Validate(ctx context.Context, text string) error {
	set := settings()
	set.ConfigProviderSettings.ResolverSettings.URIs = []string{"yaml:" + text}
	collector, err := otelcol.NewCollector(set)
	if err != nil {
		return err
	}
	return collector.DryRun(ctx)
}

// DeprecatedNames are component ids that the collector takes today, with a warning at start that validation does not show.
func DeprecatedNames(ctx context.Context, text string) ([]string, error) {
	set := settings().ConfigProviderSettings
	set.ResolverSettings.URIs = []string{"yaml:" + text}
	provider, err := otelcol.NewConfigProvider(set)
	if err != nil {
		return nil, err
	}
	factories, err := components()
	if err != nil {
		return nil, err
	}
	config, err := provider.Get(ctx, factories)
	if err != nil {
		return nil, err
	}
	return slices.Concat(
		deprecated(config.Extensions, factories.Extensions),
		deprecated(config.Receivers, factories.Receivers),
		deprecated(config.Processors, factories.Processors),
		deprecated(config.Connectors, factories.Connectors),
		deprecated(config.Exporters, factories.Exporters),
	), nil
}

func deprecated[F component.Factory](configs map[component.ID]component.Config, factories map[component.Type]F) []string {
	var names []string
	for id := range configs {
		if canonical := factories[id.Type()].Type(); canonical != id.Type() {
			names = append(names, fmt.Sprintf("%s: %s is now %s", id, id.Type(), canonical))
		}
	}
	slices.Sort(names)
	return names
}
