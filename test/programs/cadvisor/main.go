// cAdvisor as docker-compose.yml starts it: the packages of the released version behind the flags, the
// metrics and the health check of its own command, which is a Go module of its own that no proxy has.
package main

import (
	"flag"
	"fmt"
	"log"
	"net/http"
	"os"
	"strings"
	"time"

	// Tells Docker's containers from other control groups.
	_ "github.com/google/cadvisor/container/docker/install"
	"github.com/google/cadvisor/lib/cache/memory"
	"github.com/google/cadvisor/lib/container"
	"github.com/google/cadvisor/lib/manager"
	"github.com/google/cadvisor/lib/metrics"
	info "github.com/google/cadvisor/lib/model"
	"github.com/google/cadvisor/lib/utils/sysfs"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promhttp"
	"k8s.io/utils/clock"
)

// The flags that docker-compose.yml gives and the packages do not define themselves, with the defaults
// of cAdvisor's command.
var (
	enabled     = container.AllMetrics
	storeLabels = flag.Bool("store_container_labels", true, "whether all labels of containers are in metrics")
	labels      = flag.String("whitelisted_container_labels", "", "labels that are in metrics all the same")
)

func main() {
	flag.Var(&enabled, "enable_metrics", "kinds of metrics")
	flag.Parse()

	cache := memory.New(2*time.Minute, nil)
	// What its command makes of two flags that are not given: no more control groups, no variables.
	nothing := []string{""}
	containers, err := manager.New(cache, sysfs.NewRealSysFs(), manager.HousekeepingConfigFlags, enabled, nothing, nothing, "", 0)
	if err != nil {
		log.Fatal(err)
	}
	if err := containers.Start(); err != nil {
		log.Fatal(err)
	}

	containerLabels := metrics.DefaultContainerLabels
	if !*storeLabels {
		containerLabels = metrics.BaseContainerLabels(strings.Split(*labels, ","))
	}
	options := info.RequestOptions{IdType: info.TypeName, Count: 1, Recursive: true}
	registry := prometheus.NewRegistry()
	registry.MustRegister(
		metrics.NewPrometheusCollector(containers, containerLabels, enabled, clock.RealClock{}, options),
		metrics.NewPrometheusMachineCollector(containers, enabled),
	)
	http.Handle("/metrics", promhttp.HandlerFor(registry, promhttp.HandlerOpts{ErrorHandling: promhttp.ContinueOnError}))
	http.HandleFunc("/healthz", func(response http.ResponseWriter, _ *http.Request) {
		fmt.Fprintln(response, "ok")
	})
	fmt.Fprintln(os.Stderr, "cAdvisor listens on :8080")
	log.Fatal(http.ListenAndServe(":8080", nil))
}
